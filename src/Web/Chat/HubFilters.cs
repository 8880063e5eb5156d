using System.Diagnostics;
using BmadServer.Application.Sessions;
using BmadServer.Domain.Common;
using BmadServer.Web.Common;
using BmadServer.Web.Hosting;
using MediatR;
using Microsoft.AspNetCore.SignalR;
using SessionOptions = BmadServer.Application.Sessions.SessionOptions;

namespace BmadServer.Web.Chat;

/// <summary>Carries identity: handlers learn from it who calls, on which session, and when the call came in.</summary>
internal sealed class CallerFilter(TimeProvider time) : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        Begin(invocationContext.ServiceProvider, invocationContext.Context);
        return next(invocationContext);
    }

    public Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        Begin(context.ServiceProvider, context.Context);
        return next(context);
    }

    private void Begin(IServiceProvider services, HubCallerContext context) =>
        services.GetRequiredService<Caller>().Begin(context, context.SessionId(), time.Now());
}

/// <summary>Turns what a handler throws into <c>code: sentence</c>, and keeps everything else to the log.</summary>
internal sealed class ErrorFilter(HubMetrics metrics, ILogger<ErrorFilter> logger) : IHubFilter
{
    private static readonly TimeSpan PauseBeforeRetry = TimeSpan.FromSeconds(1);

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var method = invocationContext.HubMethodName;
        var started = Stopwatch.GetTimestamp();
        try
        {
            var result = await next(invocationContext);
            metrics.CallAnswered(method, started);
            return result;
        }
        catch (OperationCanceledException) when (invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            metrics.CallCancelled(method, started);
            throw;
        }
        catch (Exception failure)
        {
            var answer = Translate(failure, method);
            metrics.CallRefused(method, answer.Code, answer.Status >= StatusCodes.Status500InternalServerError, started);
            throw new HubException($"{answer.Code}: {answer.Sentence}");
        }
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.Context.ConnectionAborted.IsCancellationRequested)
        {
            // The client has left meanwhile: nobody is there to be refused. Thrown on, the framework would log it as a fault; aborted,
            // the connection makes no call that the client may have sent before.
            context.Context.Abort();
        }
        catch (Exception failure)
        {
            var answer = Translate(failure, nameof(OnConnectedAsync));
            metrics.ConnectionRefused(answer.Code);

            // Clients that count a connection as made once its handshake is done come back at once, over and over.
            await Task.Delay(PauseBeforeRetry, context.Context.ConnectionAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new HubException($"{answer.Code}: {answer.Sentence}");
        }
    }

    private ErrorAnswer Translate(Exception failure, string method)
    {
        var answer = ErrorAnswer.To(failure);
        if (answer.IsUnexpected)
        {
            logger.LogError(failure, "Hub call {Method} failed", method);
        }

        return answer;
    }
}

/// <summary>
/// Keeps a session that is in use from running into its idle limit; stores the time only now and then. Renewing a token is
/// no use: clients do it by themselves, and a forgotten tab would stay signed in for ever.
/// </summary>
internal sealed class ActivityFilter(SessionOptions options, TimeProvider time) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var context = invocationContext.Context;
        if (
            invocationContext.HubMethodName != nameof(ChatHub.RefreshToken)
            && context.SessionId() is { } session
            && context.TryBeginTouch(time.Now(), options.TouchInterval)
        )
        {
            var mediator = invocationContext.ServiceProvider.GetRequiredService<IMediator>();
            await mediator.Send(new TouchSession(session), context.ConnectionAborted);
        }

        return await next(invocationContext);
    }
}
