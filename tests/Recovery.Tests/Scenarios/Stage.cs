using System.Collections.Concurrent;
using BmadServer.Recovery.Tests.Chaos;
using BmadServer.Recovery.Tests.Clients;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>
/// A server process, or several, on a database in which people are signed in already. Signing up takes long, on purpose, so it is done once for each
/// kind of database, over REST; every scenario gets a copy.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>How many people there are.</summary>
    public const int Crowd = 12;

    /// <summary>A dozen people at one address stand for thousands: what a user or an address may have is not what is tested here.</summary>
    private static readonly string[] OfFewPeople =
    [
        "Limits__OpenWorkflows",
        "Limits__UserConnections",
        "RateLimits__UserRequestsPerMinute",
        "RateLimits__UserConnectsPerMinute",
        "RateLimits__AddressConnectsPerMinute",
    ];

    private static readonly TimeSpan Long = TimeSpan.FromDays(1);
    private static readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<Original>>> Originals = new();
    private static readonly Lazy<Task<PostgresServer>> Postgres = new(() => PostgresServer.StartAsync());
    private static readonly AccessTokens Tokens = new();

    private readonly DirectoryInfo? _directory;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly List<ServerNode> _further = [];

    private Stage(
        DatabaseKind database,
        ServerNode node,
        DirectoryInfo? directory,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<Person> people
    )
    {
        (Database, Node, _directory, _environment, People) = (database, node, directory, environment, people);
        Rest = new Rest(node.Url);
    }

    public DatabaseKind Database { get; }

    public ServerNode Node { get; }

    public Rest Rest { get; }

    public IReadOnlyList<Person> People { get; }

    /// <param name="settings">Environment variables of the server.</param>
    /// <param name="directory">The server's data directory, empty; by default one of its own.</param>
    public static async Task<Stage> OpenAsync(
        DatabaseKind database,
        IReadOnlyDictionary<string, string>? settings = null,
        string? directory = null
    )
    {
        var original = await Originals.GetOrAdd(database, kind => new(() => Original.MakeAsync(kind))).Value;
        var own = directory is null ? Directory.CreateTempSubdirectory("bmadserver-stage-") : null;
        directory ??= own!.FullName;
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>())
        {
            ["Jwt__SigningKey"] = Tokens.SigningKey,
        };
        foreach (var name in OfFewPeople)
        {
            environment.TryAdd(name, "1000000");
        }

        await original.CopyAsync(directory, environment);
        var node = await ServerNode.StartNewAsync(environment, directory);
        return new Stage(database, node, own, environment, original.People);
    }

    /// <summary>Another server on the same PostgreSQL.</summary>
    public async Task<ServerNode> AddNodeAsync()
    {
        var node = await ServerNode.StartNewAsync(_environment);
        _further.Add(node);
        return node;
    }

    /// <summary>An access token of the person's sign-in; by default one that outlasts any test.</summary>
    public static string TokenOf(Person person, TimeSpan? lifetime = null) =>
        Tokens.Create(person.Id, person.Name, person.SignIn, lifetime ?? Long);

    /// <summary>A workflow of the first of these people, with the others in it.</summary>
    public async Task<Guid> WorkflowOfAsync(IReadOnlyList<Person> people, string title = "Plan the mobile app")
    {
        var token = TokenOf(people[0]);
        var workflow = await Rest.CreateWorkflowAsync(token, title);
        foreach (var other in people.Skip(1))
        {
            await Rest.AddAsync(token, workflow, other);
        }

        return workflow;
    }

    /// <param name="node">By default the first.</param>
    public Task<HubSocket> ConnectAsync(
        Person person,
        IHubReceiver receiver,
        Guid? session = null,
        string? token = null,
        ServerNode? node = null
    ) =>
        HubSocket.ConnectAsync(
            new HubSocketOptions { Server = (node ?? Node).Url, AccessToken = token ?? TokenOf(person), Session = session },
            receiver
        );

    public async ValueTask DisposeAsync()
    {
        Rest.Dispose();
        foreach (var node in _further.Append(Node))
        {
            await node.DisposeAsync();
        }

        _directory?.Delete(recursive: true);
    }

    /// <summary>Ends what the scenarios shared.</summary>
    public static async Task CloseAllAsync()
    {
        foreach (var made in Originals.Values)
        {
            await (await made.Value).DisposeAsync();
        }

        if (Postgres.IsValueCreated)
        {
            await (await Postgres.Value).DisposeAsync();
        }
    }

    /// <summary>The database that the copies are made of.</summary>
    private sealed class Original(DatabaseKind database) : IAsyncDisposable
    {
        private const string ConnectionString = "ConnectionStrings__bmadserver";

        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bmadserver-original-");
        private string _connection = "";

        public IReadOnlyList<Person> People { get; private set; } = [];

        public static async Task<Original> MakeAsync(DatabaseKind database)
        {
            var original = new Original(database);
            var environment = new Dictionary<string, string> { ["Jwt__SigningKey"] = Tokens.SigningKey, ["RateLimits__Enabled"] = "false" };
            if (database == DatabaseKind.Postgres)
            {
                original._connection = await (await Postgres.Value).CreateDatabaseAsync();
                environment[ConnectionString] = original._connection;
                environment["Database__MigrateOnStart"] = "true";
            }

            await using var node = await ServerNode.StartNewAsync(environment, original._directory.FullName);
            using var rest = new Rest(node.Url);
            var people = new Person[Crowd];
            await Parallel.ForAsync(
                0,
                Crowd,
                async (i, _) =>
                {
                    var email = $"person{i}@example.com";
                    await rest.RegisterAsync(email, $"Person {i}");
                    people[i] = await rest.SignInAsync(email);
                }
            );
            original.People = people;
            await node.StopAsync();
            return original;
        }

        public async Task CopyAsync(string directory, Dictionary<string, string> environment)
        {
            if (database == DatabaseKind.Postgres)
            {
                environment[ConnectionString] = await (await Postgres.Value).CopyDatabaseAsync(_connection);
                return;
            }

            foreach (var file in _directory.GetFiles("*.db*"))
            {
                file.CopyTo(Path.Combine(directory, file.Name));
            }
        }

        public ValueTask DisposeAsync()
        {
            _directory.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
