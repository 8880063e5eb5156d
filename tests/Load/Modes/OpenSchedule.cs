namespace BmadServer.Load.Modes;

/// <summary>Who sends what when in an open loop: at a fixed rate, whatever the server does.</summary>
/// <param name="rate">Sends a second.</param>
/// <param name="workflows">They take turns.</param>
/// <param name="members">Of each workflow; they take turns too.</param>
internal sealed class OpenSchedule(double rate, int workflows, int members)
{
    /// <summary>When a message is due, from the beginning of the run.</summary>
    /// <param name="message">Its number, from 0.</param>
    public TimeSpan DueAt(long message) => TimeSpan.FromSeconds(message / rate);

    /// <summary>Who sends it: a place in a list of all workflows' members, one workflow after the other.</summary>
    public int SenderOf(long message)
    {
        var (turn, workflow) = Math.DivRem(message, workflows);
        return (int)(workflow * members + turn % members);
    }

    /// <summary>Which of a message's recipients somebody is, from 0; null for those of other workflows.</summary>
    /// <param name="place">In the list of all workflows' members.</param>
    public int? MemberAt(int place, long message)
    {
        var (workflow, member) = Math.DivRem(place, members);
        return workflow == message % workflows ? member : null;
    }

    /// <summary>How many messages are due before a moment.</summary>
    public int CountUntil(TimeSpan moment) => (int)Math.Ceiling(moment.TotalSeconds * rate);
}
