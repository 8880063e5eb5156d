using System.Text.Json;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;

namespace BmadServer.Integration.Tests.Commands;

public sealed class CheckCommandTests(Database database) : CommandTest(database)
{
    [Test]
    public async Task An_installation_that_works_is_found_so()
    {
        var report = await DoneAsync("check");

        report.GetProperty("ok").GetBoolean().ShouldBeTrue();
        report.Items("checks").Select(check => check.Text("name")).ShouldBe(["configuration", "database", "schema", "redis", "clock"]);
        Status(report, "database").ShouldBe("ok");
        Status(report, "schema").ShouldBe("ok");
        Status(report, "clock").ShouldBe("ok");
        Status(report, "redis").ShouldBe("skipped");
    }

    private static string Status(JsonElement report, string name) => report.Items("checks").Single(check => check.Text("name") == name).Text("status");
}

/// <summary>What is found where something is wrong.</summary>
public sealed class FailedCheckTests
{
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("bmadserver-check-");

    [TearDown]
    public void DeleteDirectory() => _directory.Delete(recursive: true);

    [Test]
    public async Task A_configuration_that_cannot_be_used_is_said()
    {
        var lines = await LinesAsync(new() { ["Jwt__SigningKey"] = "c2hvcnQ=" });

        lines[0].ShouldStartWith("configuration  failed   Jwt__SigningKey is too short");
        lines[1].ShouldStartWith("database       skipped");
    }

    [Test]
    public async Task A_database_out_of_reach_is_said_without_its_password()
    {
        var lines = await LinesAsync(new() { ["ConnectionStrings__bmadserver"] = TestPostgres.OutOfReach });

        lines[1].ShouldStartWith("database       failed");
        string.Concat(lines).ShouldNotContain("secret");
    }

    [Test]
    public async Task A_database_without_its_schema_is_said_with_the_way_out()
    {
        var lines = await LinesAsync(new() { ["ConnectionStrings__bmadserver"] = await SharedPostgres.CreateDatabaseAsync() });

        lines[2].ShouldStartWith("schema         failed");
        lines[2].ShouldEndWith("run migrate.");
    }

    [Test]
    public async Task An_embedded_database_that_is_not_there_yet_is_said_and_not_made()
    {
        var lines = await LinesAsync([]);

        lines[1].ShouldStartWith("database       failed");
        _directory.GetFiles("*.db").ShouldBeEmpty();
    }

    [Test]
    public async Task Redis_that_does_not_answer_is_said_without_its_password()
    {
        var lines = await LinesAsync(new() { ["ConnectionStrings__redis"] = "127.0.0.1:1,password=hunter2" });

        lines[3].ShouldStartWith("redis          failed   it does not answer");
        string.Concat(lines).ShouldNotContain("hunter2");
    }

    [Test]
    public async Task A_Redis_that_is_not_named_as_it_must_be_is_said_without_its_password()
    {
        var lines = await LinesAsync(new() { ["ConnectionStrings__redis"] = "password=hunter2" });

        lines[3].ShouldStartWith("redis          failed   ConnectionStrings__redis is not of the form");
        string.Concat(lines).ShouldNotContain("hunter2");
    }

    /// <summary>A node that may not listen would be no part of the cluster, however well it connects.</summary>
    [Test]
    public async Task A_Redis_that_refuses_the_nodes_channel_is_said()
    {
        await using var redis = await StartedRedisAsync();
        await redis.SendAsync("ACL SETUSER node on >hunter2 +@all ~* resetchannels");

        var lines = await LinesOfRedisAsync($"{redis.ConnectionString},user=node,password=hunter2");

        lines[3].ShouldStartWith("redis          failed   it refuses: NOPERM");
        string.Concat(lines).ShouldNotContain("hunter2");
    }

    [Test]
    public async Task Redis_that_answers_is_said_whatever_else_is_wrong()
    {
        await using var redis = await StartedRedisAsync();

        var lines = await LinesOfRedisAsync(redis.ConnectionString);

        lines[0].ShouldStartWith("configuration  failed   ConnectionStrings__redis is for several nodes");
        lines[3].ShouldBe("redis          ok       it answers");
    }

    private static async Task<LocalRedis> StartedRedisAsync()
    {
        if (!LocalRedis.IsInstalled)
        {
            Assert.Ignore(LocalRedis.Missing);
        }

        var redis = LocalRedis.Create();
        await redis.StartAsync();
        return redis;
    }

    /// <summary>Of a Redis that is there: on a busy machine it may answer too late.</summary>
    private async Task<string[]> LinesOfRedisAsync(string connectionString)
    {
        string[] lines;
        var tries = 0;
        do
        {
            lines = await LinesAsync(new() { ["ConnectionStrings__redis"] = connectionString });
        } while (++tries < 3 && lines[3].Contains("it does not answer", StringComparison.Ordinal));

        return lines;
    }

    private async Task<string[]> LinesAsync(Dictionary<string, string> environment)
    {
        environment["Data__Directory"] = _directory.FullName;
        var ended = await ServerProcess.RunAsync(environment, "check");
        ended.ExitCode.ShouldBe(1, ended.Error);
        ended.Error.ShouldBeEmpty();
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(5);
        return lines;
    }
}
