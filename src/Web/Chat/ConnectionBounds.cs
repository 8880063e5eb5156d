using System.IO.Pipelines;
using BmadServer.Web.Common;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;

namespace BmadServer.Web.Chat;

/// <summary>Puts bounds on a hub connection, beneath SignalR: on what waits for the client, and on how fast it is read.</summary>
internal static partial class ConnectionBounds
{
    public static IConnectionBuilder UseBounds(this IConnectionBuilder connections, RateLimitOptions limits, TimeProvider time, ILogger logger) =>
        connections.Use(next =>
            connection =>
            {
                var (input, output) = (connection.Transport.Input, connection.Transport.Output);
                var bounded = new BoundedOutput(output, () => Close(connection, "it does not read what it is sent", logger));
                connection.Features.Set(bounded);
                connection.Transport = new Duplex(
                    limits.Enabled
                        ? new ThrottledInput(input, limits.HubKilobytesPerSecond * 1000, time, () => Close(connection, "it floods the server", logger))
                        : input,
                    bounded
                );
                return next(connection);
            }
        );

    private static void Close(ConnectionContext connection, string reason, ILogger logger)
    {
        LogClosed(logger, connection.ConnectionId, reason);
        connection.Abort(new ConnectionAbortedException(reason));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection {ConnectionId} is closed because {Reason}")]
    private static partial void LogClosed(ILogger logger, string connectionId, string reason);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>
/// Lets a call wait until its client has taken the answers before it. Else whoever asks for much at once would have all the
/// answers waiting for it, and be closed for it.
/// </summary>
internal sealed class BackPressureFilter : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext,
        Func<HubInvocationContext, ValueTask<object?>> next
    )
    {
        var context = invocationContext.Context;
        if (context.Features.Get<BoundedOutput>() is { } output && output.WhenTaken() is { IsCompleted: false } taken)
        {
            await taken.WaitAsync(context.ConnectionAborted);
        }

        return await next(invocationContext);
    }
}
