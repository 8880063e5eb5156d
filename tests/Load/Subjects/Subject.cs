using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Testing;

namespace BmadServer.Load.Subjects;

/// <summary>A hub in a process of its own that messages are sent to: the server, or a floor to compare it with.</summary>
internal abstract class Subject : IAsyncDisposable
{
    public const string HubPath = "/hubs/chat";

    /// <summary>Characters in a message's text.</summary>
    public const int TextLength = 36;

    protected Subject(string name, ServerNode node, Instruments instruments) => (Name, Node, Instruments) = (name, node, instruments);

    /// <summary>For tables, for example <c>floor echo</c>.</summary>
    public string Name { get; }

    public ServerNode Node { get; }

    public Instruments Instruments { get; }

    /// <summary>Makes what so many connections need, so that opening them takes no longer than it has to.</summary>
    public virtual Task PrepareAsync(int connections, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Opens connections, each of a user of its own, in workflows of equal size which they have all joined.</summary>
    /// <param name="workflows">How many; a floor has none.</param>
    /// <exception cref="ArgumentException">The connections do not spread evenly over the workflows.</exception>
    public abstract Task<Fleet> OpenFleetAsync(int connections, int workflows, IHubListener listener, CancellationToken cancellationToken);

    /// <summary>The call that posts a message.</summary>
    /// <param name="seat">Who posts it and where to.</param>
    /// <param name="call">The call's number; null for <see cref="CallFrame.Digits"/>.</param>
    /// <param name="text">May hold <see cref="CallFrame.Digits"/>, and so may the frame in any case.</param>
    public abstract CallFrame Send(Seat seat, int? call, string text);

    public virtual async ValueTask DisposeAsync()
    {
        await Instruments.DisposeAsync();
        await Node.DisposeAsync();
    }
}
