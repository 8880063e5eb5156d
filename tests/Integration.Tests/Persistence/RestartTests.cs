using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Persistence;

/// <summary>What outlives the server process. Each test starts the server anew, at another address.</summary>
public sealed class RestartTests(Database database) : ServerTest(database)
{
    [Test]
    public async Task A_token_from_before_a_restart_is_still_valid()
    {
        var user = await SignedInAsync();

        await Server.RestartAsync();

        await user.Http.GetAsync(new Uri(Server.Url, "/api/v1/users/me")).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_refresh_token_from_before_a_restart_is_still_valid()
    {
        var user = await SignedInAsync();

        await Server.RestartAsync();

        using var http = TestUser.Client(Server.Url);
        await http.PostCookieAsync("/api/v1/auth/refresh", user.RefreshCookie).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_log_is_the_same_after_a_restart()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await Server.PostAsync(workflow, user, 3);
        var path = $"/api/v1/workflows/{workflow}/events";
        var before = await user.Http.GetAsync(path).ShouldBeAsync(HttpStatusCode.OK);

        await Server.RestartAsync();

        var after = await user.Http.GetAsync(new Uri(Server.Url, path)).ShouldBeAsync(HttpStatusCode.OK);
        after.GetRawText().ShouldBe(before.GetRawText());
    }

    [Test]
    public async Task The_generated_key_is_for_the_servers_own_user_alone_and_stays_the_same()
    {
        var path = Path.Combine(Server.DataDirectory, "signing.key");
        var key = await File.ReadAllTextAsync(path);
        Convert.FromBase64String(key).Length.ShouldBeGreaterThanOrEqualTo(32);

        await Server.RestartAsync();

        (await File.ReadAllTextAsync(path)).ShouldBe(key);
        Mode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Test]
    public async Task A_key_that_others_may_read_is_closed_to_them_at_the_next_start()
    {
        var path = Path.Combine(Server.DataDirectory, "signing.key");
        await Server.StopAsync();
        Open(path);

        await Server.StartAsync();

        Mode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static UnixFileMode Mode(string path) =>
        OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(path);

    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }
}
