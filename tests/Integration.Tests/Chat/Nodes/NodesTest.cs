using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat.Nodes;

/// <summary>Two nodes on one PostgreSQL, and Redis where the fixture has one. Sarah uses the one node and Marco the other.</summary>
public abstract class NodesTest
{
    private readonly List<IAsyncDisposable> _ofTest = [];

    protected Dictionary<string, string> Settings { get; } = [];

    protected TestServer First { get; private set; } = null!;

    protected TestServer Second { get; private set; } = null!;

    protected TestUser Sarah { get; private set; } = null!;

    protected TestUser Marco { get; private set; } = null!;

    /// <summary>Null without one.</summary>
    protected LocalRedis? Redis { get; private set; }

    protected async Task StartNodesAsync(bool withRedis)
    {
        if (withRedis)
        {
            if (!LocalRedis.IsInstalled)
            {
                Assert.Ignore(LocalRedis.Missing);
            }

            Redis = await StartRedisAsync();
            Settings["ConnectionStrings:redis"] = Redis.ConnectionString;
        }

        Settings["ConnectionStrings:bmadserver"] = await SharedPostgres.CreateDatabaseAsync();
        Settings["Jwt:SigningKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        First = await StartNodeAsync();
        Second = await StartNodeAsync();
        if (withRedis)
        {
            await UntilBackplaneAsync("healthy");
        }

        Sarah = await TestUser.SignUpAsync(First.Url, "Sarah");
        Marco = await TestUser.SignUpAsync(Second.Url, "Marco");
    }

    [OneTimeTearDown]
    public async Task StopNodesAsync()
    {
        foreach (var started in new IAsyncDisposable?[] { Sarah, Marco, First, Second })
        {
            await (started?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }
    }

    [TearDown]
    public async Task DisposeOfTestAsync()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            foreach (var line in First.Log.Complaints(30).Concat(Second.Log.Complaints(30)))
            {
                await TestContext.Out.WriteLineAsync(line);
            }
        }

        for (var i = _ofTest.Count - 1; i >= 0; i--)
        {
            await _ofTest[i].DisposeAsync();
        }

        _ofTest.Clear();
    }

    protected T Using<T>(T disposable)
        where T : IAsyncDisposable
    {
        _ofTest.Add(disposable);
        return disposable;
    }

    /// <summary>A workflow of Sarah's with Marco in it.</summary>
    protected async Task<Guid> SharedWorkflowAsync()
    {
        var created = await Sarah.Http.PostTextAsync("/api/v1/workflows", """{"title":"Plan the mobile app"}""").ShouldBeAsync(HttpStatusCode.Created);
        var workflow = created.GetProperty("id").GetGuid();
        await Sarah
            .Http.PostTextAsync($"/api/v1/workflows/{workflow}/participants", $$"""{"email":"{{Marco.Email}}","role":"contributor"}""")
            .ShouldBeAsync(HttpStatusCode.Created);
        return workflow;
    }

    protected async Task<HubClient> ConnectedAsync(TestServer node, TestUser user, Guid? session = null) =>
        Using(await HubClient.ConnectAsync(node.Url, user.AccessToken, session));

    protected Task<HubClient> JoinedAsync(TestServer node, TestUser user, Guid workflow) => JoinedAsync(node.Url, user, workflow);

    protected async Task<HubClient> JoinedAsync(Uri node, TestUser user, Guid workflow)
    {
        var client = Using(await HubClient.ConnectAsync(node, user.AccessToken));
        await client.InvokeAsync("JoinWorkflow", workflow);
        return client;
    }

    protected static async Task<long> SendAsync(HubClient client, Guid workflow, string content) =>
        (await client.InvokeAsync("SendMessage", new { content, workflowId = workflow })).Number("sequence");

    /// <summary>Waits until both nodes say this about their backplane, and are ready all the while.</summary>
    protected async Task UntilBackplaneAsync(string status)
    {
        foreach (var node in new[] { First, Second })
        {
            await Eventually.ShouldBeTrueAsync(async () => (await BackplaneAsync(node)).Text("status") == status, $"the backplane is {status}");
        }
    }

    protected static async Task<JsonElement> BackplaneAsync(TestServer node)
    {
        using var http = TestUser.Client(node.Url);
        var report = await http.GetAsync("/health/ready").ShouldBeAsync(HttpStatusCode.OK);
        return report.GetProperty("checks").GetProperty("backplane");
    }

    private static async Task<LocalRedis> StartRedisAsync()
    {
        var redis = LocalRedis.Create();
        await redis.StartAsync();
        return redis;
    }

    protected Task<TestServer> StartNodeAsync() =>
        TestServer.StartAsync(
            Database.Postgres,
            Settings,
            configure: builder => builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1)
        );
}
