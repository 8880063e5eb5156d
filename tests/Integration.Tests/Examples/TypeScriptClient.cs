using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The TypeScript client library in a Node.js process of its own.</summary>
internal sealed class TypeScriptClient : ClientProcess
{
    private int _calls;

    private TypeScriptClient(Uri server, TestUser user)
        : base(
            "node",
            Repository.PathOf("tests", "Integration.Tests", "Examples", "node", "driver.mjs"),
            server.GetLeftPart(UriPartial.Authority),
            user.Email,
            TestUser.Password
        ) { }

    /// <summary>Everything of this kind that it reported so far: <c>event</c>, <c>session</c>, <c>drop</c>, <c>end</c>, <c>renewed</c> or <c>kept</c>, a renewal that it was kept from.</summary>
    public IReadOnlyList<JsonElement> Reported(string kind) => Reported(Lines, kind);

    /// <summary>The sequences of the events that it showed to its user, in the order of showing.</summary>
    public IReadOnlyList<long> Shown => [.. Reported("event").Select(shown => shown.GetProperty("sequence").GetInt64())];

    /// <summary>A process whose client is connected, with its session.</summary>
    /// <param name="tokenLifetime">After which it believes its access tokens to run out; null for the truth.</param>
    public static async Task<TypeScriptClient> StartAsync(Uri server, TestUser user, TimeSpan? tokenLifetime = null)
    {
        await TypeScriptExample.BuiltAsync();
        var client = new TypeScriptClient(server, user);
        if (tokenLifetime is { } lifetime)
        {
            await client.CallAsync("lifetime", lifetime.TotalMilliseconds);
        }

        await client.CallAsync("start");
        await client.WaitForAsync("session");
        return client;
    }

    /// <summary>Calls a method of the client.</summary>
    /// <returns>The answer when it comes; it fails with the client's own error.</returns>
    public async Task<JsonElement> CallAsync(string method, params object[] arguments)
    {
        var id = Interlocked.Increment(ref _calls);
        await WriteLineAsync(JsonSerializer.Serialize(new { id, call = method, args = arguments }));
        JsonElement? answer = null;
        await WaitForAsync(lines =>
        {
            answer = Parsed(lines).Cast<JsonElement?>().FirstOrDefault(line => line!.Value.TryGetProperty("id", out var of) && of.GetInt32() == id);
            return answer is not null;
        });
        return answer!.Value.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException(error.GetRawText())
            : answer.Value.GetProperty("result");
    }

    /// <summary>Waits until it has reported this many of this kind.</summary>
    /// <returns>The last of them.</returns>
    public async Task<JsonElement> WaitForAsync(string kind, int count = 1)
    {
        await WaitForAsync(lines => Reported(lines, kind).Count >= count);
        return Reported(kind)[count - 1];
    }

    /// <summary>Waits until it has shown the event with this sequence.</summary>
    public Task WaitForSequenceAsync(long sequence) =>
        WaitForAsync(lines => Reported(lines, "event").Any(shown => shown.GetProperty("sequence").GetInt64() == sequence));

    private static IEnumerable<JsonElement> Parsed(IEnumerable<string> lines) =>
        lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line));

    private static IReadOnlyList<JsonElement> Reported(IEnumerable<string> lines, string kind) =>
        [.. Parsed(lines).Where(line => line.TryGetProperty(kind, out _)).Select(line => line.GetProperty(kind))];
}
