using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace BmadServer.Integration.Tests.Support;

/// <summary>The request that opens a WebSocket to the hub, with whatever headers a test wants, and its answer.</summary>
internal static class Handshakes
{
    /// <returns>101 where the WebSocket opened, which stays open until this is disposed of; otherwise a refusal.</returns>
    public static async Task<HttpResponseMessage> OpenHubAsync(
        this HttpClient http,
        string? accessToken,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hubs/chat");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)));
        request.Headers.Authorization = accessToken is null ? null : new AuthenticationHeaderValue("Bearer", accessToken);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue(name);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
