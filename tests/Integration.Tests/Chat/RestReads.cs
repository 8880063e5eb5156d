using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>What the REST API says, to compare the hub with.</summary>
internal static class RestReads
{
    public static Task<JsonElement> GetAsync(this TestUser user, string path) => user.Http.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");

    /// <summary>The workflow's whole log.</summary>
    public static async Task<IReadOnlyList<JsonElement>> LogAsync(this TestUser user, Guid workflow)
    {
        List<JsonElement> log = [];
        JsonElement page;
        do
        {
            page = await user.GetAsync($"workflows/{workflow}/events?after={log.Count}");
            log.AddRange(page.Items("events"));
        } while (page.Flag("hasMore"));

        return log;
    }

    /// <summary>All messages of the workflow, newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> MessagesAsync(this TestUser user, Guid workflow)
    {
        List<JsonElement> messages = [];
        var before = "";
        JsonElement page;
        do
        {
            page = await user.GetAsync($"workflows/{workflow}/messages?limit=50{before}");
            messages.AddRange(page.Items("messages"));
            before = messages.Count > 0 ? $"&before={messages[^1].Number("sequence")}" : "";
        } while (page.Flag("hasMore"));

        return messages;
    }

    public static async Task<long> LastSequenceAsync(this TestUser user, Guid workflow) =>
        (await user.GetAsync($"workflows/{workflow}")).Number("lastSequence");

    public static async Task<Guid> PersonalWorkflowAsync(this TestUser user) =>
        (await user.GetAsync("workflows?limit=100")).Items("workflows").Single(workflow => workflow.Flag("personal")).Id("id");

    public static async Task RemoveAsync(this TestUser remover, Guid workflow, TestUser leaver) =>
        (await remover.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{leaver.Id}")).EnsureSuccessStatusCode();

    public static async Task ChangeAsync(this TestUser owner, Guid workflow, object change) =>
        (await owner.Http.PatchAsJsonAsync($"/api/v1/workflows/{workflow}", change)).EnsureSuccessStatusCode();

    /// <summary>Returns when the server has noted that the session has no connection any more.</summary>
    public static async Task UntilDroppedAsync(this TestUser user, Guid session)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        while ((await user.GetAsync($"sessions/{session}")).Flag("connected"))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }
    }
}
