using System.Security.Cryptography;
using BmadServer.Integration.Tests.Support;
using BmadServer.Web.Commands;

namespace BmadServer.Integration.Tests.Commands;

public sealed class UsageTests
{
    [TestCase("--help")]
    [TestCase("migrate --help")]
    [TestCase("import --help")]
    [TestCase("users list --help")]
    [TestCase("users disable --help")]
    [TestCase("users enable --help")]
    [TestCase("users reset-password --help")]
    [TestCase("sessions list --help")]
    [TestCase("sessions end --help")]
    [TestCase("keys rotate --help")]
    [TestCase("audit list --help")]
    [TestCase("check --help")]
    public async Task Each_command_explains_itself_whatever_the_configuration(string arguments)
    {
        var ended = await RunAsync(arguments);

        (ended.ExitCode, ended.Error).ShouldBe((0, ""));
        ended.Output.ShouldContain("Usage:");
    }

    [TestCase("migrat")]
    [TestCase("users")]
    [TestCase("users disable")]
    [TestCase("users list --everybody")]
    [TestCase("sessions end")]
    [TestCase("sessions end not-an-id")]
    [TestCase("sessions end 0197a4f0-0000-7000-8000-000000000000 --user sarah@example.com")]
    [TestCase("audit")]
    [TestCase("audit list --since lately")]
    [TestCase("import")]
    [TestCase("import --from data/bmadserver.db")]
    [TestCase("import --from sqlite:")]
    public async Task What_makes_no_sense_ends_with_2_and_does_nothing(string arguments)
    {
        var ended = await RunAsync(arguments);

        (ended.ExitCode, ended.Output).ShouldBe((2, ""));
        ended.Error.ShouldNotBeEmpty();
    }

    [TestCase("--urls", "http://127.0.0.1:0")]
    [TestCase("--Data:Directory=/srv/data")]
    [TestCase("--environment=Production", "--Logging:LogLevel:Default", "Debug")]
    [TestCase("/Data:Directory=/srv/data")]
    [TestCase("Data:Directory=/srv/data")]
    [TestCase]
    public void Settings_alone_are_no_command(params string[] arguments) => ServerCommands.IsCommand(arguments).ShouldBeFalse();

    [TestCase("migrate")]
    [TestCase("--Data:Directory=/srv/data", "migrate")]
    [TestCase("users", "list", "--Data:Directory=/srv/data")]
    [TestCase("--version")]
    public void A_word_is_a_command_whatever_settings_stand_around_it(params string[] arguments) => ServerCommands.IsCommand(arguments).ShouldBeTrue();

    [TestCase("users list")]
    [TestCase("sessions list")]
    [TestCase("users disable sarah@example.com")]
    public async Task Without_a_database_there_is_nothing_to_work_on_and_none_is_made(string arguments)
    {
        var directory = Directory.CreateTempSubdirectory("bmadserver-usage-");
        var environment = new Dictionary<string, string> { ["Data__Directory"] = directory.FullName };

        var ended = await ServerProcess.RunAsync(environment, [.. arguments.Split(' '), "--json"]);

        ended.ShouldBeRefusedWith("database.not_ready").ShouldEndWith("run migrate.");
        directory.GetFiles("*.db").ShouldBeEmpty();
        directory.Delete(recursive: true);
    }

    [Test]
    public async Task A_database_out_of_reach_is_said_in_one_line()
    {
        var ended = await ServerProcess.RunAsync(
            new Dictionary<string, string> { ["ConnectionStrings__bmadserver"] = TestPostgres.OutOfReach, ["Jwt__SigningKey"] = NewKey() },
            "users",
            "list",
            "--json"
        );

        ended.ShouldBeRefusedWith("database.not_ready");
        ended.Error.ShouldNotContain("secret");
        ended.Error.TrimEnd().ShouldNotContain('\n');
    }

    [Test]
    public async Task Settings_among_the_arguments_of_a_command_are_taken()
    {
        var directory = Directory.CreateTempSubdirectory("bmadserver-usage-");

        var ended = await ServerProcess.RunAsync(new Dictionary<string, string>(), "migrate", $"--Data:Directory={directory.FullName}");

        ended.ExitCode.ShouldBe(0, ended.Error);
        directory.GetFiles("bmadserver.db").ShouldHaveSingleItem();
        directory.Delete(recursive: true);
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>With a configuration that nothing can be done with.</summary>
    private static Task<ServerProcess.Ended> RunAsync(string arguments) =>
        ServerProcess.RunAsync(new Dictionary<string, string> { ["Jwt__SigningKey"] = "c2hvcnQ=" }, arguments.Split(' '));
}
