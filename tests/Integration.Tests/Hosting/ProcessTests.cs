using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Hosting;

/// <summary>What an operator meets at the command line.</summary>
public sealed class ProcessTests
{
    private DirectoryInfo _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("bmadserver-process-");

    [TearDown]
    public void DeleteDirectory() => _directory.Delete(recursive: true);

    [Test]
    public async Task Migrate_makes_the_embedded_database_and_ends_with_0()
    {
        var ended = await RunAsync([], "migrate");

        ended.ExitCode.ShouldBe(0, ended.Error);
        await using var server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["Data:Directory"] = _directory.FullName, ["Database:MigrateOnStart"] = "false" }
        );
        await server.ShouldBeReadyAsync();
    }

    [Test]
    public async Task Migrate_prepares_a_PostgreSQL_database_and_ends_with_0()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();

        var ended = await RunAsync(new() { ["ConnectionStrings__bmadserver"] = database }, "migrate");

        ended.ExitCode.ShouldBe(0, ended.Error);
        await using var server = await TestServer.StartAsync(
            Database.Postgres,
            new Dictionary<string, string> { ["ConnectionStrings:bmadserver"] = database, ["Database:MigrateOnStart"] = "false" }
        );
        await server.ShouldBeReadyAsync();
    }

    [Test]
    public async Task Migrate_a_second_time_changes_nothing_and_ends_with_0()
    {
        await RunAsync([], "migrate");

        var ended = await RunAsync([], "migrate");

        ended.ExitCode.ShouldBe(0, ended.Error);
        ended.Output.ShouldNotContain("Bringing the database up to date");
    }

    [Test]
    public async Task Migrate_without_a_database_in_reach_is_refused_in_one_line()
    {
        var ended = await RunAsync(new() { ["ConnectionStrings__bmadserver"] = TestPostgres.OutOfReach }, "migrate");

        ended.ShouldBeRefusal().ShouldContain("database");
    }

    [TestCase("migrate")]
    [TestCase("--urls=http://127.0.0.1:0")]
    public async Task A_bad_key_is_refused_in_one_line(string argument)
    {
        var ended = await RunAsync(new() { ["Jwt__SigningKey"] = "c2hvcnQ=" }, argument);

        ended.ShouldBeRefusal().ShouldContain("Jwt__SigningKey");
        ended.Output.ShouldBeEmpty();
    }

    [Test]
    public async Task A_database_without_its_schema_is_refused_in_one_line_that_says_migrate()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();

        var ended = await RunAsync(new() { ["ConnectionStrings__bmadserver"] = database }, "--urls=http://127.0.0.1:0");

        ended.ShouldBeRefusal().ShouldContain("migrate");
    }

    [Test]
    public async Task A_connection_string_that_is_none_is_refused_in_one_line_without_its_contents()
    {
        var ended = await RunAsync(
            new() { ["ConnectionStrings__bmadserver"] = "postgres://bmad:hunter2@db/bmadserver" },
            "--urls=http://127.0.0.1:0"
        );

        ended.ShouldBeRefusal().ShouldContain("ConnectionStrings__bmadserver");
        ended.Error.ShouldNotContain("hunter2");
    }

    [Test]
    public async Task A_wrong_database_password_is_refused_in_one_line()
    {
        var ended = await RunAsync(
            new() { ["ConnectionStrings__bmadserver"] = await TestPostgres.WithUnknownUserAsync() },
            "--urls=http://127.0.0.1:0"
        );

        ended.ShouldBeRefusal().ShouldContain("database");
    }

    [Test]
    public async Task A_data_directory_that_cannot_be_made_is_refused_in_one_line()
    {
        var file = Path.Combine(_directory.FullName, "a-file");
        await File.WriteAllTextAsync(file, "");

        var ended = await RunAsync(new() { ["Data__Directory"] = Path.Combine(file, "data") }, "--urls=http://127.0.0.1:0");

        ended.ShouldBeRefusal().ShouldContain("data directory");
    }

    [TestCase(null)]
    [TestCase("7RtxXw5rgRz0cA5oWq0t8mQk3mN1u9b2v4Y6Zs8Dh0E=")]
    public async Task A_data_directory_that_cannot_be_written_to_is_refused_in_one_line(string? key)
    {
        // In /proc not even root can make a file.
        var ended = await RunAsync(
            new() { ["Data__Directory"] = "/proc/self/task", ["Jwt__SigningKey"] = key ?? "" },
            "--urls=http://127.0.0.1:0"
        );

        ended.ShouldBeRefusal().ShouldContain("data directory");
    }

    [Test]
    public async Task A_setting_that_is_no_number_is_refused_in_one_line()
    {
        var ended = await RunAsync(new() { ["Sessions__IdleTimeoutMinutes"] = "soon" }, "--urls=http://127.0.0.1:0");

        ended.ShouldBeRefusal().ShouldContain("Sessions__IdleTimeoutMinutes");
    }

    private Task<ServerProcess.Ended> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        environment.TryAdd("Data__Directory", _directory.FullName);
        return ServerProcess.RunAsync(environment, arguments);
    }
}
