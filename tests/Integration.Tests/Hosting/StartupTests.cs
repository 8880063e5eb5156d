using System.Text;
using BmadServer.Infrastructure;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>What a server refuses to start with, whatever its database.</summary>
public sealed class StartupTests
{
    private static readonly string[] Numbers =
    [
        "Sessions:IdleTimeoutMinutes",
        "Sessions:RecoveryWindowSeconds",
        "Limits:MessageCharacters",
        "RateLimits:HubCallsPerSecond",
        "RateLimits:HubCallBurst",
        "RateLimits:HubKilobytesPerSecond",
        "RateLimits:UserRequestsPerMinute",
        "RateLimits:AddressRequestsPerMinute",
        "RateLimits:SignInsPerMinute",
        "RateLimits:RefreshesPerMinute",
        "RateLimits:UserConnectsPerMinute",
        "RateLimits:AddressConnectsPerMinute",
        "Limits:OpenWorkflows",
        "Limits:Participants",
        "Limits:UserConnections",
        "Limits:HubConnections",
        "Limits:HttpConnections",
    ];

    private static IEnumerable<TestCaseData> BadKeys()
    {
        yield return Case("is_no_base64", "not base64 at all!", "base64");
        yield return Case("has_248_bits", Convert.ToBase64String([.. Enumerable.Range(1, 31).Select(i => (byte)(i * 37))]), "too short");
        yield return Case("is_a_placeholder", Text("your-256-bit-secret-goes-here-please"), "placeholder");
        yield return Case("is_a_sentence_on_two_lines", Text("change me before you go to\r\nproduction, will you?"), "placeholder");
        yield return Case("is_all_zeros", Convert.ToBase64String(new byte[32]), "placeholder");
        yield return Case("is_two_bytes_over_and_over", Convert.ToBase64String([.. Enumerable.Range(0, 64).Select(i => (byte)(i % 2 == 0 ? 0xde : 0xad))]), "placeholder");
    }

    [TestCaseSource(nameof(BadKeys))]
    public async Task A_signing_key_is_refused_when_it(string key, string reason)
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("Jwt:SigningKey", key));

        refusal.Message.ShouldContain("Jwt__SigningKey");
        refusal.Message.ShouldContain(reason);
        refusal.Message.ShouldNotContain(key);
    }

    [Test]
    public async Task A_signing_key_in_a_settings_file_is_refused()
    {
        const string environment = "SigningKeyInSettings";
        var file = Path.Combine(AppContext.BaseDirectory, $"appsettings.{environment}.json");
        await File.WriteAllTextAsync(file, $"{{\"Jwt\":{{\"SigningKey\":\"{RandomKey()}\"}}}}");
        try
        {
            var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("environment", environment));

            refusal.Message.ShouldContain("appsettings");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public async Task A_random_signing_key_is_taken_and_none_is_generated()
    {
        await using var server = await StartAsync("Jwt:SigningKey", RandomKey());

        File.Exists(Path.Combine(server.DataDirectory, "signing.key")).ShouldBeFalse();
    }

    [Test]
    public async Task A_generated_signing_key_that_is_empty_is_refused()
    {
        var refusal = await RefusedWithKeyFileAsync(path => File.WriteAllText(path, ""));

        refusal.Message.ShouldContain("signing.key is too short");
    }

    [Test]
    public async Task A_generated_signing_key_that_cannot_be_read_is_refused_and_nothing_is_left_behind()
    {
        // Whatever the rights of whoever runs this test: a directory cannot be read as a file.
        var refusal = await RefusedWithKeyFileAsync(
            path => Directory.CreateDirectory(path),
            directory => Directory.GetFiles(directory, "signing.key.*").Select(Path.GetFileName).ShouldBe(["signing.key.lock"])
        );

        refusal.Message.ShouldContain("signing.key cannot be made or read");
    }

    [Test]
    public async Task A_number_is_refused_that_is_none_or_not_above_zero(
        [ValueSource(nameof(Numbers))] string key,
        [Values("0", "-1", "soon", "NaN", "1e300", "")] string value
    )
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync(key, value));

        refusal.Message.ShouldStartWith($"{key.Replace(":", "__")} must be a ");
        refusal.Message.ShouldEndWith($"not \"{value}\".");
    }

    [TestCase("*")]
    [TestCase("null")]
    [TestCase("app.example.com")]
    [TestCase("https://app.example.com/")]
    [TestCase("https://app.example.com/chat")]
    [TestCase("https://*.example.com")]
    [TestCase("https://App.example.com")]
    [TestCase("https://app.example.com:443")]
    [TestCase("https://somebody@app.example.com")]
    [TestCase("ftp://app.example.com")]
    [TestCase("https://good.example.com,*")]
    public async Task Another_sites_origin_is_refused_that_is_not_written_as_browsers_write_it(string origins)
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("Cors:Origins", origins));

        refusal.Message.ShouldStartWith("Cors__Origins must be origins");
    }

    [TestCase("7")]
    [TestCase("36501")]
    public async Task A_time_is_refused_for_which_the_audit_log_cannot_be_kept(string days)
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("Audit:RetentionDays", days));

        refusal.Message.ShouldStartWith("Audit__RetentionDays must be 8 to 36500");
    }

    [Test]
    public async Task A_fraction_of_a_character_is_refused()
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("Limits:MessageCharacters", "0.5"));

        refusal.Message.ShouldContain("whole number");
    }

    [Test]
    public async Task A_backplane_without_a_database_for_several_nodes_is_refused()
    {
        var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("ConnectionStrings:redis", "localhost:6379"));

        refusal.Message.ShouldContain("ConnectionStrings__redis");
        refusal.Message.ShouldContain("ConnectionStrings__bmadserver");
    }

    [Test]
    public async Task A_backplane_without_a_signing_key_for_several_nodes_is_refused()
    {
        var refusal = await RefusedBackplaneAsync("localhost:6379", key: "");

        refusal.Message.ShouldContain("Jwt__SigningKey");
    }

    [TestCase("password=secret")]
    [TestCase("localhost:6379,password=secret,connectTimeout=soon")]
    [TestCase("localhost:6379,sekret=secret")]
    public async Task A_backplane_of_no_known_form_is_refused_without_repeating_it(string connectionString)
    {
        var refusal = await RefusedBackplaneAsync(connectionString, RandomKey());

        refusal.Message.ShouldContain("ConnectionStrings__redis");
        refusal.ToString().ShouldNotContain("secret");
    }

    [Test]
    public async Task A_PostgreSQL_database_without_its_schema_is_refused_with_the_way_out()
    {
        var settings = new Dictionary<string, string> { ["Database:MigrateOnStart"] = "false" };

        var refusal = await Should.ThrowAsync<StartupException>(() => TestServer.StartAsync(Database.Postgres, settings));

        refusal.Message.ShouldContain("migrate");
        refusal.Message.ShouldContain("Database__MigrateOnStart=true");
    }

    [Test]
    public async Task A_PostgreSQL_database_out_of_reach_that_is_to_be_migrated_is_refused()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings:bmadserver"] = TestPostgres.OutOfReach };

        var refusal = await Should.ThrowAsync<StartupException>(() => TestServer.StartAsync(Database.Postgres, settings));

        refusal.Message.ShouldContain("database");
        refusal.Message.ShouldNotContain("secret");
    }

    private static async Task<StartupException> RefusedWithKeyFileAsync(Action<string> make, Action<string>? check = null)
    {
        var directory = Directory.CreateTempSubdirectory("bmadserver-key-");
        try
        {
            make(Path.Combine(directory.FullName, "signing.key"));
            var refusal = await Should.ThrowAsync<StartupException>(() => StartAsync("Data:Directory", directory.FullName));
            check?.Invoke(directory.FullName);
            return refusal;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Task<StartupException> RefusedBackplaneAsync(string connectionString, string key) =>
        Should.ThrowAsync<StartupException>(() =>
            TestServer.StartAsync(
                Database.Postgres,
                new Dictionary<string, string>
                {
                    ["ConnectionStrings:bmadserver"] = TestPostgres.OutOfReach,
                    ["ConnectionStrings:redis"] = connectionString,
                    ["Jwt:SigningKey"] = key,
                }
            )
        );

    private static TestCaseData Case(string name, string key, string reason) => new TestCaseData(key, reason).SetArgDisplayNames(name);

    private static string Text(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string RandomKey() => Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    private static Task<TestServer> StartAsync(string key, string value) =>
        TestServer.StartAsync(Database.Sqlite, new Dictionary<string, string> { [key] = value });
}
