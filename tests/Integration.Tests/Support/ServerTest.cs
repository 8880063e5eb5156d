using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework.Interfaces;

namespace BmadServer.Integration.Tests.Support;

/// <summary>
/// Tests against one running server, once on each database. Tests of a fixture share the server and keep apart by using
/// users of their own.
/// </summary>
[TestFixture(Database.Sqlite)]
[TestFixture(Database.Postgres)]
public abstract class ServerTest(Database database)
{
    private readonly List<IAsyncDisposable> _ofTest = [];
    private readonly List<IAsyncDisposable> _ofFixture = [];

    protected Database Database { get; } = database;

    protected TestServer Server { get; private set; } = null!;

    /// <summary>Configuration that the fixture's server starts with.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <summary>The fixture's server's clock; null for the real one.</summary>
    protected virtual TimeProvider? Time => null;

    /// <summary>What else is to be other than in production, each time that the fixture's server starts.</summary>
    protected virtual void Configure(WebApplicationBuilder builder) { }

    [OneTimeSetUp]
    public async Task StartServerAsync() => Server = await TestServer.StartAsync(Database, Settings, Time, Configure);

    [OneTimeTearDown]
    public async Task StopServerAsync()
    {
        foreach (var disposable in _ofFixture)
        {
            await disposable.DisposeAsync();
        }

        await Server.DisposeAsync();
    }

    [TearDown]
    public async Task DisposeOfTestAsync()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed)
        {
            await TestContext.Out.WriteLineAsync("What the server complained about, newest last:");
            foreach (var line in Server.Log.Complaints(50))
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

    /// <summary>Disposes of it after the test, newest first.</summary>
    protected T Using<T>(T disposable)
        where T : IAsyncDisposable
    {
        _ofTest.Add(disposable);
        return disposable;
    }

    /// <summary>Disposes of it after the fixture's tests.</summary>
    protected T UsingForFixture<T>(T disposable)
        where T : IAsyncDisposable
    {
        _ofFixture.Add(disposable);
        return disposable;
    }

    /// <summary>A user of this test's own, registered and signed in.</summary>
    protected async Task<TestUser> SignedInAsync(string displayName = "Sarah", TestServer? server = null) =>
        Using(await TestUser.SignUpAsync((server ?? Server).Url, displayName));

    /// <summary>A user whom the fixture's tests share, for where it does no harm: signing up takes long, on purpose.</summary>
    protected async Task<TestUser> SharedUserAsync(string displayName = "Sarah")
    {
        var user = await TestUser.SignUpAsync(Server.Url, displayName);
        _ofFixture.Add(user);
        return user;
    }

    /// <summary>A connection of the user's, open, with its session.</summary>
    protected async Task<HubClient> ConnectedAsync(TestUser user, Guid? session = null, Uri? url = null) =>
        Using(await HubClient.ConnectAsync(url ?? Server.Url, user.AccessToken, session));

    /// <summary>A workflow that the user owns.</summary>
    protected static async Task<Guid> WorkflowOfAsync(TestUser owner, string title = "Plan the mobile app")
    {
        var response = await owner.Http.PostAsJsonAsync("/api/v1/workflows", new { title });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    protected static async Task AddAsync(TestUser owner, Guid workflow, TestUser added, string role = "contributor")
    {
        var response = await owner.Http.PostAsJsonAsync(
            $"/api/v1/workflows/{workflow}/participants",
            new { email = added.Email, role }
        );
        response.EnsureSuccessStatusCode();
    }
}
