using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>
/// Lets a call of one connection count as under way until its answer is written: SignalR disposes of a call's services after that, and a
/// hub filter returns before.
/// </summary>
internal sealed class CallUnderWay : IDisposable
{
    private UnderWay? _calls;

    /// <returns>Whether the call may be made.</returns>
    public bool TryBegin(UnderWay calls)
    {
        if (!calls.TryBegin())
        {
            return false;
        }

        _calls = calls;
        return true;
    }

    public void Dispose() => _calls?.End();
}

/// <summary>Counts the calls of each connection. One that comes too late is not made: its client makes it on its next connection.</summary>
internal sealed class CallsUnderWayFilter : IHubFilter
{
    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        context.Context.Features.Set(new UnderWay());
        return next(context);
    }

    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    ) =>
        invocationContext.ServiceProvider.GetRequiredService<CallUnderWay>().TryBegin(invocationContext.Context.Features.Get<UnderWay>()!)
            ? next(invocationContext)
            : NeverAsync(invocationContext.Context.ConnectionAborted);

    private static async ValueTask<object?> NeverAsync(CancellationToken connectionAborted)
    {
        await Task.Delay(Timeout.Infinite, connectionAborted);
        return null;
    }
}
