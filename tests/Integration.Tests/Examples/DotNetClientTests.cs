using System.Collections.Concurrent;
using AccessTokens = BmadServer.Examples.DotNet.AccessTokens;
using BmadServer.Examples.DotNet;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>docs/examples/dotnet, as a process of its own, against the real server.</summary>
public sealed class DotNetClientTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task It_sends_each_line_of_its_input_and_ends_when_all_are_acknowledged()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = Start(Server.Url, user, workflow);
        await client.WaitForAsync(lines => lines.Contains("connected, session started"));

        await client.WriteLineAsync("Hello");
        await client.WriteLineAsync("Anybody there?");
        (await client.EndAsync()).ShouldBe(0);

        client.Lines.ShouldContain(line => line.StartsWith("acknowledged as #2, received 20"));
        client.Lines.ShouldContain(line => line.StartsWith("acknowledged as #3, received 20"));
    }

    [Test]
    public async Task After_a_drop_it_has_its_session_back_and_shows_what_it_missed_once()
    {
        const int nobody = 1;
        var (sarah, marco) = (await SignedInAsync("Sarah"), await SignedInAsync("Marco"));
        var workflow = await WorkflowOfAsync(sarah);
        await AddAsync(sarah, workflow, marco);
        var sender = await ConnectedAsync(sarah);
        await sender.InvokeAsync("JoinWorkflow", workflow);
        await using var proxy = new TcpProxy(Server.Url.Port);
        await using var client = Start(proxy.Url, marco, workflow);
        await client.WriteLineAsync("Hello");
        await client.WaitForAsync(lines => lines.Contains("#3 Marco: Hello"));

        proxy.Retarget(nobody);
        proxy.ResetConnections();
        await sender.WaitForAsync("PresenceChanged", presence => !presence.GetProperty("online").GetBoolean());
        await TypeScriptClientTests.SendAsync(sender, workflow, "One", "Two");
        await client.WriteLineAsync("Written offline");
        proxy.Retarget(Server.Url.Port);
        await client.WaitForAsync(lines => lines.Contains("#6 Marco: Written offline"));
        (await client.EndAsync()).ShouldBe(0);

        client.Lines.ShouldContain("connected, session live");
        client.Lines.Where(line => line.StartsWith('#')).ShouldBe(
            ["#3 Marco: Hello", "#4 Sarah: One", "#5 Sarah: Two", "#6 Marco: Written offline"]
        );
    }

    [Test]
    public async Task With_a_wrong_password_it_says_so_and_ends()
    {
        var user = await SignedInAsync();
        await using var client = new ClientProcess("dotnet", Program, Server.Url.ToString(), user.Email, "wrong", Guid.Empty.ToString());

        (await client.EndAsync()).ShouldBe(1);
        (await client.ErrorsAsync()).ShouldContain("401 (Unauthorized)");
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "BmadServer.Examples.DotNet.dll");

    internal static ClientProcess Start(Uri server, TestUser user, Guid workflow) =>
        new("dotnet", Program, server.ToString(), user.Email, TestUser.Password, workflow.ToString());
}

/// <summary>docs/examples/dotnet within the tests' own process, so that it has the server's shifted clock.</summary>
public sealed class DotNetClientTokenTests(Database database) : ServerTest(database)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private readonly TestClock _time = new();

    protected override TimeProvider Time => _time;

    [Test]
    public async Task It_renews_its_token_on_the_open_connection_and_stays()
    {
        await using var client = await StartedAsync(Server.Url);

        _time.Advance(Lifetime - TimeSpan.FromMinutes(1));
        await client.SaysAsync("access token renewed");
        _time.Advance(TimeSpan.FromMinutes(2));

        await client.SendAsync("Still here");
        client.Count("connected").ShouldBe(1);
    }

    [Test]
    public async Task When_its_token_runs_out_all_the_same_it_comes_back_to_its_session_with_a_new_one()
    {
        const int nobody = 1;
        await using var wayToSignIn = new TcpProxy(Server.Url.Port);
        await using var client = await StartedAsync(wayToSignIn.Url);
        var firstLine = Server.Log.Lines.Count;
        wayToSignIn.Retarget(nobody);
        wayToSignIn.ResetConnections();

        _time.Advance(Lifetime + TimeSpan.FromSeconds(6));
        await Eventually.ShouldBeTrueAsync(
            () => Task.FromResult(Server.Log.Lines.Skip(firstLine).Any(line => line.Contains("closed by user"))),
            "the server closes the connection"
        );
        wayToSignIn.Retarget(Server.Url.Port);

        await client.SaysAsync("connected, session live");
        await client.SendAsync("Back again");
        client.Count("session ended").ShouldBe(0);
    }

    private async Task<Running> StartedAsync(Uri signIn)
    {
        var user = await SignedInAsync();
        var client = new Running(Server.Url, new AccessTokens(signIn, user.Email, TestUser.Password, _time), await WorkflowOfAsync(user), _time);
        await client.SaysAsync("connected, session started");
        return client;
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly ConcurrentQueue<string> _lines = [];
        private readonly CancellationTokenSource _stop = new();
        private readonly AccessTokens _tokens;
        private readonly ChatClient _client;
        private readonly Task _running;

        public Running(Uri server, AccessTokens tokens, Guid workflow, TimeProvider time)
        {
            _tokens = tokens;
            _client = new ChatClient(server, tokens, workflow, _lines.Enqueue, time);
            _running = _client.RunAsync(_stop.Token);
        }

        public Task SendAsync(string content) => _client.SendAsync(content).WaitAsync(TimeSpan.FromSeconds(20));

        public int Count(string beginning) => _lines.Count(line => line.StartsWith(beginning));

        public Task SaysAsync(string beginning) =>
            Eventually.ShouldBeTrueAsync(() => Task.FromResult(Count(beginning) > 0), $"the client says \"{beginning}\"");

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _client.Dispose();
            _tokens.Dispose();
            _stop.Dispose();
        }
    }
}
