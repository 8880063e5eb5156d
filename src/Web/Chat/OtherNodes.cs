using BmadServer.Application.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Web.Chat;

/// <summary>Follows the signals of the other nodes, each of which says where to look.</summary>
internal sealed class OtherNodes(
    IBackplane backplane,
    LiveConnections connections,
    EventPump pump,
    PresenceQuestions presence,
    AccessWatch access,
    ILogger<OtherNodes> logger
) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        backplane.Subscribe(Follow);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Follow(BackplaneSignal signal)
    {
        switch (signal)
        {
            case LogGrew grew:
                pump.PushRestIfOpen(new WorkflowId(grew.WorkflowId), grew.LastSequence);
                break;
            case PresenceChanging changing when connections.Find(new WorkflowId(changing.WorkflowId)) is { } open:
                presence.Ask(open.Id);
                break;
            case TypingShown typing when connections.Find(new WorkflowId(typing.WorkflowId)) is { } open:
                connections.ShowTypingHere(open.Id, new UserId(typing.UserId), typing.Name, typing.IsTyping);
                break;
            case SessionTaken taken:
                connections
                    .CloseTakenAsync(new SessionId(taken.SessionId), taken.Version)
                    .Unawaited(failure => logger.LogError(failure, "A connection could not be closed"));
                break;
            case AccessEnded:
                access.Hasten();
                break;
        }
    }
}
