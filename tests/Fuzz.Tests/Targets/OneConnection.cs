using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;
using BmadServer.Fuzz.Tests.Wire;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>An input that has a connection to the hub of its own, which ends with it.</summary>
internal static class OneConnection
{
    /// <summary>What the request for a WebSocket may be answered with: refusals that are the client's fault.</summary>
    private static readonly int[] RefusedStatuses = [400, 401, 403, 404, 405, 411, 413, 414, 426, 429, 431, 505];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="request">The whole HTTP request.</param>
    /// <param name="bytes">What follows it.</param>
    /// <param name="isReset">Whether the client drops the connection, instead of waiting until the server ends it.</param>
    public static async Task RunAsync(FuzzedServer server, Batch batch, long index, byte[] request, byte[] bytes, bool isReset, Tally tally)
    {
        var records = new HubRecords(tally);
        var (input, text) = ((byte[])[.. request, .. bytes], Escaped.Of(request) + " then " + Escaped.Of(bytes));
        server.UnderWay.Begin(batch, [(index, input)]);
        try
        {
            using var hub = await RawHub.OpenAsync(server.Url, request, records.Take);
            if (hub.Status == 101)
            {
                await hub.SendAsync(bytes);
                if (isReset)
                {
                    hub.Reset();
                }
                else
                {
                    // Else the server may see the end before it looks at what came. It need not say anything, though.
                    await Task.WhenAny(hub.Heard, hub.Ended, Task.Delay(Pause));
                    await hub.LetGoAsync();
                }

                await hub.Ended;
                tally.Close();
            }
            else if (hub.Status == 0 || RefusedStatuses.Contains(hub.Status))
            {
                tally.Refuse();
            }
            else
            {
                throw FuzzFailure.Of(batch, index, text, $"the answer was {hub.Head}");
            }
        }
        catch (TimeoutException)
        {
            throw FuzzFailure.Of(batch, index, text, "the server does not let go of the connection");
        }
        finally
        {
            server.UnderWay.End(batch);
        }

        if (records.Complaint is { } complaint)
        {
            throw FuzzFailure.Of(batch, index, text, complaint);
        }

        server.ShouldNotComplain();
    }
}
