using System.Net.Http.Headers;
using System.Text.Json;
using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Testing;
using BmadServer.Testing.History;
using BmadServer.Web.Chat;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>The real server on a real port in this process, with those who send inputs and those who must not notice.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    /// <summary>Far longer than anything takes on a busy machine; only a run that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>How many workflows the senders know. The older ones are left to what became of them: closed, left, full.</summary>
    private const int KnownWorkflows = 4;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bmadserver-fuzz-");
    private readonly AccessTokens _tokens = new();
    private readonly ComplaintLog _log;
    private readonly Queue<Guid> _workflows = new();
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private PostgresServer? _postgres;
    private WebApplication? _app;
    private ControlPair? _control;
    private Person _caller = null!;
    private Person _other = null!;

    private FuzzedServer(DatabaseKind database)
    {
        Database = database;
        _log = new ComplaintLog(() => UnderWay.ToString());
    }

    public DatabaseKind Database { get; }

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public IServiceProvider Services => _app!.Services;

    public UnderWay UnderWay { get; } = new();

    /// <summary>Who sends what goes to the hub.</summary>
    public Person Sender { get; private set; } = null!;

    /// <summary>What that is made of. Changes now and then.</summary>
    public Vocabulary Words { get; private set; } = Vocabulary.Invented;

    /// <summary>What goes to REST is made of. Its sessions are others: to end one ends its sign-in.</summary>
    public Vocabulary RestWords { get; private set; } = Vocabulary.Invented;

    /// <summary>What the server says of itself.</summary>
    public JsonElement ApiDescription { get; private set; }

    public ControlPair Control => _control!;

    /// <param name="areLimitsOn">Whether calls and connections are limited, as in production.</param>
    /// <param name="configure">What else is to be other than in production.</param>
    public static async Task<FuzzedServer> StartAsync(
        DatabaseKind database,
        bool areLimitsOn = false,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var server = new FuzzedServer(database);
        try
        {
            await server.StartAsync(areLimitsOn, configure);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that keeps no cookies and follows nowhere.</summary>
    public HttpClient Http() => new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Url };

    /// <summary>
    /// Makes workflows, messages and sign-ins for the inputs to come, because those before may have closed or ended the ones that
    /// were known.
    /// </summary>
    public async Task RenewAsync()
    {
        await _renewing.WaitAsync();
        try
        {
            using var http = Http();
            var caller = await SignInCallerAsync();
            var workflow = await caller.CreateWorkflowAsync(http, "Under fire");
            await caller.AddAsync(http, workflow, Sender, "contributor");
            _workflows.Enqueue(workflow);
            if (_workflows.Count > KnownWorkflows)
            {
                _workflows.Dequeue();
            }

            var messages = new List<Guid>();
            foreach (var known in _workflows)
            {
                // Whoever is a participant no longer reads nothing; then there are fewer to name.
                var page = await TryReadAsync(http, Sender, $"/api/v1/workflows/{known}/messages?limit=5");
                messages.AddRange(page?.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("messageId").GetGuid()) ?? []);
            }

            await using (var device = ControlPair.Connection(Url, caller))
            {
                await device.StartAsync();
            }

            Changer = await Person.SignUpAsync(http, _tokens, "changer");
            var spare = new[] { await Person.SignInAsync(http, _caller.Email), await Person.SignInAsync(http, _caller.Email) };
            Words = new Vocabulary(
                [.. _workflows],
                messages,
                [Sender.Id, _other.Id],
                await SessionsOfAsync(http, Sender),
                // Whose account inputs can lock: nobody signs in with it.
                [_other.Email, "nobody@example.com"],
                [Sender.Token, spare[0].Body.GetProperty("accessToken").GetString()!],
                [.. spare.Select(signIn => signIn.Cookie)]
            );
            RestWords = Words with { Users = [_caller.Id, _other.Id], Sessions = await SessionsOfAsync(http, caller) };
        }
        finally
        {
            _renewing.Release();
        }
    }

    /// <summary>Who changes their password over REST. A wrong one locks the account, and a right one ends its other sign-ins.</summary>
    public Person Changer { get; private set; } = null!;

    /// <summary>Who calls REST, with a new sign-in: an input may end it.</summary>
    public async Task<Person> SignInCallerAsync()
    {
        using var http = Http();
        var (body, _) = await Person.SignInAsync(http, _caller.Email);
        return _caller.With(body, _tokens);
    }

    /// <summary>That the log has nothing which must not be there.</summary>
    /// <exception cref="FuzzFailure">It has.</exception>
    public void ShouldNotComplain()
    {
        if (_log.Complaints.Count > 0)
        {
            throw new FuzzFailure($"On {Database} the server logged:\n{string.Join("\n", _log.Complaints)}");
        }
    }

    /// <summary>What must not be in the log, if anything is, for the message of a failure.</summary>
    public string Complaints => string.Join("\n", _log.Complaints);

    /// <summary>That all is as it was before the inputs: ready, chatting, no connection or session left open, the logs whole.</summary>
    public async Task ShouldBeSoundAsync()
    {
        using (var http = Http())
        {
            (await http.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue("the server is ready");
            await Control.ShouldGetThroughAsync();
            await ShouldHoldWholeLogsAsync(http);
        }

        var live = Services.GetRequiredService<LiveConnections>();
        await EventuallyAsync(() => Task.FromResult(live.Count), ControlPair.Connections, "open connections of the hub");
        await EventuallyAsync(ConnectedSessionsAsync, ControlPair.Connections, "connected sessions in the database");
        ShouldNotComplain();
    }

    public async ValueTask DisposeAsync()
    {
        if (_control is not null)
        {
            await _control.DisposeAsync();
        }

        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        _directory.Delete(recursive: true);
        _renewing.Dispose();
    }

    private async Task StartAsync(bool areLimitsOn, Action<WebApplicationBuilder>? configure)
    {
        var settings = new Dictionary<string, string>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Data:Directory"] = _directory.FullName,
            ["Jwt:SigningKey"] = _tokens.SigningKey,
            ["RateLimits:Enabled"] = areLimitsOn ? "true" : "false",
            ["Limits:OpenWorkflows"] = "1000000",
            // The reader only listens, for as long as the run takes.
            ["Sessions:IdleTimeoutMinutes"] = "1000",
        };
        if (Database == DatabaseKind.Postgres)
        {
            _postgres = await PostgresServer.StartAsync();
            settings["ConnectionStrings:bmadserver"] = await _postgres.CreateDatabaseAsync();
            settings["Database:MigrateOnStart"] = "true";
        }

        _app = ServerHost.Build(
            [.. settings.Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(_log).SetMinimumLevel(LogLevel.Information);
                // What hashing a password costs is on purpose, and is not what is looked at here.
                builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1);
                configure?.Invoke(builder);
            }
        );
        await _app.StartAsync();
        _log.Listen();
        Url = new Uri(_app.Urls.Single());
        using var http = Http();
        ApiDescription = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync("/openapi/v1.json"));
        _control = await ControlPair.StartAsync(Url, http, _tokens);
        Sender = await Person.SignUpAsync(http, _tokens, "sender");
        _caller = await Person.SignUpAsync(http, _tokens, "caller");
        _other = await Person.SignUpAsync(http, _tokens, "other");
        await RenewAsync();
    }

    private static async Task<Guid[]> SessionsOfAsync(HttpClient http, Person person) =>
    [
        .. (await person.SendAsync(http, HttpMethod.Get, "/api/v1/sessions"))
            .GetProperty("sessions")
            .EnumerateArray()
            .Take(5)
            .Select(session => session.GetProperty("id").GetGuid()),
    ];

    private static async Task<JsonElement?> TryReadAsync(HttpClient http, Person reader, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", reader.Token);
        using var response = await http.SendAsync(request);
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            : null;
    }

    private async Task ShouldHoldWholeLogsAsync(HttpClient http)
    {
        var truths = new List<WorkflowTruth>();
        foreach (var workflow in _workflows)
        {
            if (await TryReadAsync(http, Sender, $"/api/v1/workflows/{workflow}") is not null)
            {
                truths.Add(await WorkflowTruth.ReadAsync(http, Sender.Token, workflow));
            }
        }

        HistoryChecker.Check([], truths).ShouldBeEmpty();
    }

    private async Task<int> ConnectedSessionsAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AppDbContext>().Sessions.CountAsync(session => session.ConnectionId != null);
    }

    private static async Task EventuallyAsync(Func<Task<int>> read, int expected, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await read() is var value && value != expected)
        {
            if (patience.IsCancellationRequested)
            {
                throw new FuzzFailure($"There are {value} {what}, and {expected} should be there.");
            }

            await Task.Delay(PollInterval);
        }
    }
}
