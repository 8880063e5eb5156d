using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>The calls of one connection that are under way, so that it can be closed when none is.</summary>
internal sealed class CallsUnderWay
{
    private int _count;
    private volatile TaskCompletionSource? _noneLeft;

    /// <returns>Whether the call may be made; if so, <see cref="End"/> must follow.</returns>
    public bool TryBegin()
    {
        Interlocked.Increment(ref _count);
        if (_noneLeft is null)
        {
            return true;
        }

        End();
        return false;
    }

    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _noneLeft?.TrySetResult();
        }
    }

    /// <summary>No further call begins.</summary>
    /// <returns>Completes when those that had begun have ended.</returns>
    public Task CloseAsync()
    {
        var noneLeft = _noneLeft ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            noneLeft.TrySetResult();
        }

        return noneLeft.Task;
    }
}

/// <summary>Counts the calls of each connection. One that comes too late is not made: its client makes it on its next connection.</summary>
internal sealed class CallsUnderWayFilter : IHubFilter
{
    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        context.Context.Features.Set(new CallsUnderWay());
        return next(context);
    }

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var context = invocationContext.Context;
        var calls = context.Features.Get<CallsUnderWay>()!;
        if (!calls.TryBegin())
        {
            await Task.Delay(Timeout.Infinite, context.ConnectionAborted);
        }

        try
        {
            return await next(invocationContext);
        }
        finally
        {
            calls.End();
        }
    }
}
