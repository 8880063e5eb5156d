using BmadServer.Application.Common;

namespace BmadServer.Infrastructure.Realtime;

/// <summary>One node, or several that only read from the database what the others do.</summary>
internal sealed class NoBackplane : IBackplane
{
    public void Send(BackplaneSignal signal) { }

    public void Subscribe(Action<BackplaneSignal> receive) { }
}
