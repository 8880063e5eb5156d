using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace BmadServer.Web.Chat;

/// <summary>Puts bounds on a hub connection, beneath SignalR: on what waits for the client, and on how fast it is read.</summary>
internal static class ConnectionBounds
{
    public static IConnectionBuilder UseBounds(this IConnectionBuilder connections, RateLimitOptions limits, TimeProvider time) =>
        connections.Use(next =>
            connection =>
            {
                var (input, output) = (connection.Transport.Input, connection.Transport.Output);
                connection.Transport = new Duplex(
                    limits.Enabled
                        ? new ThrottledInput(input, limits.HubKilobytesPerSecond * 1000, time, () => Close(connection, "The client floods the server."))
                        : input,
                    new BoundedOutput(output, () => Close(connection, "The client does not read what it is sent."))
                );
                return next(connection);
            }
        );

    private static void Close(ConnectionContext connection, string reason) => connection.Abort(new ConnectionAbortedException(reason));

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
