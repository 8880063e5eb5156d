using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Oracle;

namespace BmadServer.Fuzz.Tests.Targets;

/// <summary>
/// All calls of the REST API: bodies, paths, queries, headers and cookies, with a sign-in and without. Each is answered with what the
/// description promises, or refused with a documented code.
/// </summary>
internal sealed record RestTarget() : Target("rest", Share: 25, BatchSize: 50, Workers: 24)
{
    /// <summary>How many batches go by until there are new workflows and sign-ins.</summary>
    private const int BatchesBetweenRenewals = 20;

    private const int BodyLimit = 128 * 1024;

    private static readonly ConditionalWeakTable<FuzzedServer, IReadOnlyList<RestOperation>> Operations = [];

    private static readonly string?[] ContentTypes =
    [
        null, "", "text/plain", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/json;;", "application/problem+json",
        "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "APPLICATION/JSON", "application/*", "nonsense",
    ];

    /// <summary>How often each call was answered with what was asked for.</summary>
    public ConcurrentDictionary<string, long> Successes { get; } = new();

    public static IReadOnlyList<RestOperation> OperationsOf(FuzzedServer server) =>
        Operations.GetValue(server, static server => RestOperation.ReadAll(server.ApiDescription));

    public override async Task RunAsync(FuzzedServer server, Batch batch, Tally tally)
    {
        if (batch.First / BatchSize / 2 % BatchesBetweenRenewals == 0)
        {
            await server.RenewAsync();
        }

        using var http = Client();
        var operations = OperationsOf(server);
        var token = (await server.SignInCallerAsync()).Token;
        try
        {
            for (var index = batch.First; index < batch.First + batch.Count; index++)
            {
                var input = RestInput.Next(DiceOf(batch, index), operations, server.RestWords, token, server.Changer.Token);
                server.UnderWay.Begin(batch, [(index, input.ToBytes())]);
                await SendAsync(http, server, batch, index, input, tally);
            }
        }
        finally
        {
            server.UnderWay.End(batch);
        }

        server.ShouldNotComplain();
    }

    private async Task SendAsync(HttpClient http, FuzzedServer server, Batch batch, long index, RestInput input, Tally tally)
    {
        HttpStatusCode status;
        string text;
        string? type;
        try
        {
            using var response = await AskAsync(http, server, input);
            text = await response.Content.ReadAsStringAsync();
            (status, type) = (response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        }
        catch (HttpRequestException) when (input.Body?.Length > BodyLimit)
        {
            // The server need not read what is too large, and may close the connection while it comes.
            tally.Close();
            return;
        }
        catch (HttpRequestException failure)
        {
            throw FuzzFailure.Of(batch, index, Escaped.Of(input.ToBytes()), $"there was no answer: {failure.Message} {failure.InnerException?.Message}");
        }

        if (WhatIsWrong(input, (int)status, type, text) is { } wrong)
        {
            throw FuzzFailure.Of(batch, index, Escaped.Of(input.ToBytes()), $"{wrong}: {(int)status} {type} {Escaped.Of(text)}\n{server.Complaints}");
        }

        if ((int)status < 300)
        {
            tally.Take();
            Successes.AddOrUpdate(input.Operation.ToString(), 1, (_, count) => count + 1);
        }
        else
        {
            tally.Refuse();
        }
    }

    private static HttpClient Client() =>
        new(
            new SocketsHttpHandler
            {
                UseCookies = false,
                AllowAutoRedirect = false,
                RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            }
        );

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, FuzzedServer server, RestInput input)
    {
        try
        {
            using var request = input.ToRequest(server.Url, ContentTypes);
            return await http.SendAsync(request);
        }
        catch (HttpRequestException failure) when (failure.HttpRequestError == HttpRequestError.ResponseEnded || failure.InnerException is IOException)
        {
            // The server may have closed the connection after the input before, whose body it did not read to its end. On one of its own
            // this one must be answered.
            using var alone = Client();
            using var request = input.ToRequest(server.Url, ContentTypes);
            return await alone.SendAsync(request);
        }
    }

    private static string? WhatIsWrong(RestInput input, int status, string? type, string text)
    {
        if (status < 300)
        {
            return !input.IsRouted ? null
                : !input.Operation.Successes.Contains(status) ? "the description knows no such success"
                : status == (int)HttpStatusCode.NoContent ? (text.Length > 0 ? "there is a body" : null)
                : type == "application/json" && IsObject(text) ? null
                : "the answer is no JSON object";
        }

        if (status is >= 500 or < 400)
        {
            return "no input may be answered so";
        }

        // A broken path can be one of the web app's.
        if (!input.Target.StartsWith("/api/", StringComparison.Ordinal))
        {
            return null;
        }

        // Kestrel refuses by itself what is no HTTP, or too long for it.
        if (text.Length == 0 && status is 400 or 414 or 431 && !input.IsRouted)
        {
            return null;
        }

        return type == "application/problem+json" && Codes.IsRestRefusal(CodeOf(text), status) ? null : "the refusal has no documented code";
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? CodeOf(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("code").GetString();
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}

/// <param name="Target">Path and query, encoded.</param>
/// <param name="IsRouted">Whether the path is one of the operation's, whatever it names.</param>
internal sealed record RestInput(
    RestOperation Operation,
    string Target,
    bool IsRouted,
    IReadOnlyList<(string Name, string Value)> Headers,
    byte[]? Body,
    int? OddContentType
)
{
    /// <summary>Kestrel takes lines of 8 KiB.</summary>
    private const int LongestTarget = 8_000;

    public static RestInput Next(Dice dice, IReadOnlyList<RestOperation> operations, Vocabulary words, string token, string changersToken)
    {
        var operation = dice.Pick(operations);
        if (operation.Body is null && dice.Chance(50))
        {
            // Twice as many of those that take a body.
            operation = dice.Pick([.. operations.Where(each => each.Body is not null)]);
        }

        if (operation.ChangesPassword)
        {
            (token, words) = (changersToken, words with { Tokens = [changersToken] });
        }

        var (path, isRouted) = Path(dice, words, operation);
        var query = QueryOf(dice, words, operation);
        var hasBody = operation.Body is not null ? dice.Chance(97) : operation.Method != HttpMethod.Get && dice.Chance(10);
        return new RestInput(
            operation,
            path + query,
            isRouted && path.Length + query.Length < LongestTarget,
            HeadersOf(dice, words, operation, token),
            hasBody ? BodyOf(dice, words, operation) : null,
            dice.Chance(10) ? dice.Next(1_000) : null
        );
    }

    public HttpRequestMessage ToRequest(Uri server, string?[] oddContentTypes)
    {
        var address = new Uri($"http://{server.Authority}{Target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(Operation.Method, address);
        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Body);
            var type = OddContentType is { } odd ? oddContentTypes[odd % oddContentTypes.Length] : "application/json";
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        return request;
    }

    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Operation.Method} {Target}");
        foreach (var (name, value) in Headers)
        {
            // Tokens are good ones, more often than not.
            head.Append($" | {name}: {(name is "Authorization" or "Cookie" ? value[..Math.Min(value.Length, 20)] + "…" : value)}");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append(" | ").ToString()), .. Body ?? []];
    }

    private static (string Path, bool IsRouted) Path(Dice dice, Vocabulary words, RestOperation operation)
    {
        var isRouted = true;
        var segments = operation.Path.Split('/').Select(segment =>
        {
            if (!segment.StartsWith('{'))
            {
                return segment;
            }

            var known = segment == "{userId}" ? words.Users : operation.Path.Contains("/sessions", StringComparison.Ordinal) ? words.Sessions : words.Workflows;
            var value = dice.Next(10) switch
            {
                < 6 => Vocabulary.One(dice, known).ToString(),
                < 8 => Hostile.Id(dice),
                _ => Hostile.Text(dice),
            };
            var isRaw = dice.Chance(3);
            // Dots would be taken as a way up, and nothing as no segment at all; and Kestrel takes no NUL.
            isRouted &= !isRaw && value.Trim('.').Length > 0 && !value.Contains('\0', StringComparison.Ordinal) && value.Length < 1_000;
            return isRaw ? AsIs(value) : Uri.EscapeDataString(value);
        });
        var path = string.Join('/', segments.ToArray());
        if (dice.Chance(2))
        {
            isRouted = false;
            path = AsIs(Encoding.Latin1.GetString(Mutation.Of(dice, Encoding.ASCII.GetBytes(path), [])));
        }

        return ("/" + path.TrimStart('/'), isRouted);
    }

    /// <summary>What an address can hold at all, not encoded.</summary>
    private static string AsIs(string text) =>
        string.Concat(text.Select(letter => letter is > ' ' and < '\u007f' and not '#' and not '?' ? letter.ToString() : "%" + ((int)letter % 256).ToString("x2")));

    private static string QueryOf(Dice dice, Vocabulary words, RestOperation operation)
    {
        var query = new List<string>();
        foreach (var name in operation.Query.Where(_ => dice.Chance(60)))
        {
            var value = dice.Next(4) switch
            {
                0 => dice.Pick(Hostile.Numbers),
                1 => dice.Between(-1, 120).ToString(System.Globalization.CultureInfo.InvariantCulture),
                2 => words.Id(dice).ToString(),
                _ => Hostile.Text(dice),
            };
            query.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        if (dice.Chance(5))
        {
            query.Add(AsIs(Hostile.Text(dice)));
        }

        // A request line has a limit of its own, which Kestrel keeps.
        var text = string.Join('&', query);
        return query.Count == 0 || text.Length > 4_000 ? "" : "?" + text;
    }

    private static List<(string, string)> HeadersOf(Dice dice, Vocabulary words, RestOperation operation, string token)
    {
        var headers = new List<(string, string)>();
        var chance = dice.Next(100);
        if (chance < 80)
        {
            headers.Add(("Authorization", "Bearer " + token));
        }
        else if (chance < 92)
        {
            var good = Encoding.ASCII.GetBytes(token);
            headers.Add(("Authorization", OneLine(dice.Pick(["Bearer ", "bearer ", "Basic ", ""]) + Encoding.Latin1.GetString(Mutation.Of(dice, good, good)))));
        }

        if (operation.Path.Contains("/auth/", StringComparison.Ordinal) && words.Cookies.Count > 0)
        {
            var cookie = dice.Pick(words.Cookies);
            var bytes = Encoding.ASCII.GetBytes(cookie);
            headers.Add(("Cookie", OneLine(dice.Chance(30) ? cookie : dice.Chance(50) ? Encoding.Latin1.GetString(Mutation.Of(dice, bytes, bytes)) : Hostile.Text(dice))));
        }

        foreach (var name in operation.Headers.Where(_ => dice.Chance(60)))
        {
            headers.Add((name, OneLine(dice.Chance(40) ? dice.Pick(["*", "1", "\"1\"", "0", "-1", "2147483648"]) : Hostile.Text(dice))));
        }

        if (dice.Chance(5))
        {
            headers.Add((dice.Pick(["Accept", "Accept-Language", "If-Match", "Idempotency-Key", "X-Forwarded-For", "Origin"]), OneLine(Hostile.Text(dice))));
        }

        return headers;
    }

    private static byte[] BodyOf(Dice dice, Vocabulary words, RestOperation operation)
    {
        var kind = dice.Next(100);
        if (operation.Body is not { ValueKind: JsonValueKind.Object } example || kind < 8)
        {
            return kind < 4 ? dice.Bytes(dice.Between(0, 300)) : new JsonText(dice, words).Value().ToArray();
        }

        if (kind < 9)
        {
            return new JsonText(dice, words).Raw("{\"title\":\"").Raw(new string('x', dice.Between(BodyLimit - 100, BodyLimit + 4_000))).Raw("\"}").ToArray();
        }

        // What is too large is refused whatever it is.
        var fields = example.EnumerateObject().Select(field => (field.Name, (Action<JsonText>)(json => Field(dice, words, field, json)))).ToArray();
        var good = new JsonText(dice, words).Object(fields, isBroken: kind is >= 40 and < 80).ToArray();
        return kind < 80 ? good : Mutation.Of(dice, good, good);
    }

    private const int BodyLimit = 128 * 1024;

    /// <summary>The example's own value, one that fits, or one of the same kind.</summary>
    private static void Field(Dice dice, Vocabulary words, JsonProperty field, JsonText json)
    {
        var chance = dice.Next(100);
        if (chance < 25)
        {
            json.Raw(field.Value.GetRawText());
            return;
        }

        switch (field.Value.ValueKind)
        {
            case JsonValueKind.Number:
                json.Raw(dice.Pick(["0", "1", "-1", "2", "100", "9223372036854775807"]));
                break;
            case JsonValueKind.String when field.Name == "email" && chance < 60:
                json.Text(dice.Chance(50) ? dice.Pick(words.Emails) : $"{dice.NextBits():x}@example.com");
                break;
            case JsonValueKind.String when field.Name.Contains("password", StringComparison.OrdinalIgnoreCase) && chance < 60:
                json.Text(Person.Password);
                break;
            case JsonValueKind.String:
                json.Text(Hostile.Text(dice));
                break;
            default:
                json.Value(depth: 2);
                break;
        }
    }

    private static string OneLine(string text) =>
        text.ReplaceLineEndings("").Replace("\0", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal) is var line && line.Length <= 4_000
            ? string.Concat(line.EnumerateRunes())
            : "x";
}
