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
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "BmadServer.Examples.DotNet.dll");

    internal static ClientProcess Start(Uri server, TestUser user, Guid workflow) =>
        new("dotnet", Program, server.ToString(), user.Email, TestUser.Password, workflow.ToString());
}
