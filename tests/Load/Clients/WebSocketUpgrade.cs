using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Clients;

/// <summary>Turns a TCP connection to a hub into a WebSocket (RFC 6455, 4.1).</summary>
internal static class WebSocketUpgrade
{
    private const int LongestAnswer = 4096;

    /// <param name="accessToken">Null where the hub asks for none.</param>
    /// <exception cref="InvalidOperationException">The server refuses.</exception>
    public static async Task RequestAsync(Socket socket, Uri server, string? accessToken, CancellationToken cancellationToken)
    {
        var token = accessToken is null ? "" : $"Authorization: Bearer {accessToken}\r\n";
        var request =
            $"GET {Subject.HubPath} HTTP/1.1\r\nHost: {server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))}\r\n"
            + $"User-Agent: bmadserver-load\r\n{token}\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);

        // The server says nothing more until it has the handshake, so that the answer's head is all that comes.
        var answer = new byte[LongestAnswer];
        var length = 0;
        while (answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var received = await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken);
            if (received == 0 || (length += received) == answer.Length)
            {
                break;
            }
        }

        if (!answer.AsSpan(0, length).StartsWith("HTTP/1.1 101 "u8))
        {
            throw new InvalidOperationException($"The hub refuses the connection: {Encoding.ASCII.GetString(answer, 0, length)}");
        }
    }
}
