using BmadServer.Load.Checking;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Modes;

/// <summary>
/// Measures several subjects in turn, several times: what slows the machine for a while then slows all of them, and the ratios of a
/// round stay what they are.
/// </summary>
internal static class Rounds
{
    /// <summary>When all rounds are over, it holds what the server acknowledged against what it has stored.</summary>
    /// <param name="loops">One for each subject, in the order in which they take turns.</param>
    /// <exception cref="InvalidOperationException">A subject did not do what it was asked to.</exception>
    public static async Task<RoundsResult> RunAsync(
        IReadOnlyList<(Subject Subject, ClosedLoopOptions Options)> loops,
        RoundOptions options,
        CancellationToken cancellationToken
    )
    {
        var open = new List<ClosedLoop>();
        var measured = new List<Measurement>();
        var checks = new List<LogCheck>();
        try
        {
            foreach (var (subject, closed) in loops)
            {
                Progress.Say($"{subject.Name}: opening {closed.Connections} connections");
                open.Add(await ClosedLoop.OpenAsync(subject, closed, cancellationToken));
            }

            // What runs for the first time is compiled first, and is not what is measured.
            foreach (var loop in open)
            {
                Progress.Say("warming up");
                await loop.RunAsync(round: 0, options.FirstWarmUp, TimeSpan.Zero, cancellationToken);
            }

            for (var round = 1; round <= options.Rounds; round++)
            {
                foreach (var (loop, (subject, closed)) in open.Zip(loops))
                {
                    Progress.Say($"{subject.Name}: {closed}, round {round} of {options.Rounds}");
                    measured.Add(await loop.RunAsync(round, options.WarmUp, options.Time, cancellationToken));
                }
            }

            foreach (var loop in open)
            {
                if (await loop.CheckAsync(cancellationToken) is { } check)
                {
                    checks.Add(check);
                }
            }
        }
        finally
        {
            foreach (var loop in open)
            {
                loop.Dispose();
            }
        }

        return new RoundsResult(measured, checks);
    }
}

/// <param name="Checks">One for each subject that keeps a log.</param>
internal sealed record RoundsResult(IReadOnlyList<Measurement> Measurements, IReadOnlyList<LogCheck> Checks);

/// <param name="FirstWarmUp">Before the first round of each subject.</param>
/// <param name="WarmUp">Before each round.</param>
/// <param name="Time">What is measured of a round.</param>
internal sealed record RoundOptions(int Rounds, TimeSpan FirstWarmUp, TimeSpan WarmUp, TimeSpan Time);
