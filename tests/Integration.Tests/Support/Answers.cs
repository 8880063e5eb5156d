using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace BmadServer.Integration.Tests.Support;

/// <summary>What every REST answer must be, whichever call gave it.</summary>
internal static class Answers
{
    /// <summary>The JSON body of an answer that has this status.</summary>
    public static async Task<JsonElement> ShouldBeAsync(this Task<HttpResponseMessage> call, HttpStatusCode status)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return Parse(text);
    }

    public static async Task ShouldBeNoContentAsync(this Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent, text);
        text.ShouldBeEmpty();
    }

    /// <summary>The problem details of a refusal, complete and with this code.</summary>
    public static async Task<JsonElement> ShouldBeRefusedAsync(this Task<HttpResponseMessage> call, HttpStatusCode status, string code)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = Parse(text);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("status").GetInt32().ShouldBe((int)status);
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrWhiteSpace();
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrWhiteSpace();
        return problem;
    }

    /// <summary>A refusal of the request's shape that names this field, and no other.</summary>
    public static async Task ShouldBeInvalidAsync(this Task<HttpResponseMessage> call, string field)
    {
        var problem = await call.ShouldBeRefusedAsync(HttpStatusCode.BadRequest, "validation.failed");
        var named = problem.GetProperty("errors").EnumerateObject().ToArray();
        named.Select(error => error.Name).ShouldBe([field]);
        named.Single().Value.EnumerateArray().ShouldAllBe(sentence => sentence.GetString()!.EndsWith('.'));
    }

    /// <summary>Checks that the object has exactly these fields.</summary>
    public static JsonElement ShouldHaveFields(this JsonElement element, params string[] names)
    {
        element.EnumerateObject().Select(property => property.Name).ShouldBe(names, ignoreOrder: true);
        return element;
    }

    public static Guid UuidV7(this JsonElement element, string name)
    {
        var text = element.GetProperty(name).GetString()!;
        var id = Guid.ParseExact(text, "D");
        text.ShouldBe(id.ToString());
        id.Version.ShouldBe(7);
        return id;
    }

    /// <summary>A time that stands in ISO 8601, in UTC.</summary>
    public static DateTimeOffset UtcTime(this JsonElement element, string name)
    {
        var text = element.GetProperty(name).GetString()!;
        text.ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$");
        return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    public static JsonElement[] Items(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];

    /// <summary>Posts JSON exactly as it is written here, well-formed or not.</summary>
    public static Task<HttpResponseMessage> PostTextAsync(this HttpClient http, string path, string json) =>
        http.PostAsync(path, new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json", "utf-8")));

    /// <summary>Sends the refresh cookie along, and nothing else.</summary>
    public static async Task<HttpResponseMessage> PostCookieAsync(
        this HttpClient http,
        string path,
        string? cookie,
        string? idempotencyKey = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await http.SendAsync(request);
    }

    public static Task<HttpResponseMessage> PatchAsync(this TestUser user, Guid workflow, object change) =>
        user.Http.PatchAsJsonAsync($"/api/v1/workflows/{workflow}", change);

    /// <summary>Checks that the server says it can serve, which takes its database and the right schema.</summary>
    public static async Task ShouldBeReadyAsync(this TestServer server)
    {
        using var http = TestUser.Client(server.Url);
        await Eventually.ShouldBeTrueAsync(
            async () =>
            {
                using var answer = await http.GetAsync("/health/ready");
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the server is ready"
        );
    }

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
