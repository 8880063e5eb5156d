using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace BmadServer.Testing.History;

/// <summary>What the server holds of one workflow when all is quiet.</summary>
/// <param name="Log">As <c>GET …/events</c> gave it, page after page.</param>
/// <param name="Fresh">As a client that loads the workflow anew gets it.</param>
public sealed record WorkflowTruth(Guid WorkflowId, IReadOnlyList<EventRecord> Log, Conversation Fresh)
{
    /// <summary>Of each request, while it is answered with 503.</summary>
    private const int Attempts = 5;

    /// <summary>Reads it all over REST.</summary>
    /// <param name="http">With the server as its base address.</param>
    /// <param name="accessToken">Of a participant.</param>
    /// <exception cref="HttpRequestException">The server does not answer, or refuses.</exception>
    public static async Task<WorkflowTruth> ReadAsync(
        HttpClient http,
        string accessToken,
        Guid workflow,
        CancellationToken cancellationToken = default
    )
    {
        var log = new List<EventRecord>();
        EventPage page;
        do
        {
            var after = log.Count == 0 ? 0 : log[^1].Sequence;
            page = await GetAsync<EventPage>($"events?after={after}");
            log.AddRange(page.Events);
        } while (page.HasMore);

        var messages = new List<MessageRecord>();
        MessagePage older;
        do
        {
            var before = messages.Count == 0 ? "" : $"&before={messages[^1].Sequence}";
            older = await GetAsync<MessagePage>($"messages?limit=100{before}");
            messages.AddRange(older.Messages);
        } while (older.HasMore);

        var now = await GetAsync<WorkflowRecord>("");
        return new WorkflowTruth(workflow, log, Conversation.Load(now, messages, now.LastSequence));

        async Task<T> GetAsync<T>(string path)
        {
            for (var attempt = 1; ; attempt++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/workflows/{workflow}/{path}".TrimEnd('/'));
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
                using var response = await http.SendAsync(request, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return (await response.Content.ReadFromJsonAsync<T>(cancellationToken))!;
                }

                // After the database was away, a node learns with the next call that its connections are dead: then it lets go of all of
                // them, and asks that one caller to come again, as clients do.
                if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == Attempts)
                {
                    var text = await response.Content.ReadAsStringAsync(cancellationToken);
                    throw new HttpRequestException($"GET {request.RequestUri}: {(int)response.StatusCode} {text}", null, response.StatusCode);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            }
        }
    }
}
