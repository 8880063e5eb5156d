using System.Diagnostics;
using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Tools;

public sealed class ServerNodeTests
{
    [Test]
    public async Task A_killed_server_is_gone_and_comes_back_at_its_address_with_its_data()
    {
        await using var node = await ServerNode.StartNewAsync();
        using var http = new HttpClient { BaseAddress = node.Url };
        var first = node.Pid;
        var key = await File.ReadAllTextAsync(Path.Combine(node.DataDirectory, "signing.key"));

        await node.KillAsync();

        node.IsRunning.ShouldBeFalse();
        await Should.ThrowAsync<HttpRequestException>(() => http.GetAsync("/health/live"));
        await node.StartAsync();
        (await http.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue();
        node.Pid.ShouldNotBe(first);
        (await File.ReadAllTextAsync(Path.Combine(node.DataDirectory, "signing.key"))).ShouldBe(key);
    }

    [Test]
    public async Task A_stopped_server_ends_by_itself_with_0()
    {
        await using var node = await ServerNode.StartNewAsync();

        (await node.StopAsync()).ShouldBe(0, node.Output);
    }

    [Test]
    public async Task A_server_that_refuses_to_start_is_reported_with_its_reason()
    {
        var failure = await Should.ThrowAsync<InvalidOperationException>(() =>
            ServerNode.StartNewAsync(new Dictionary<string, string> { ["Jwt__SigningKey"] = "c2hvcnQ=" })
        );

        failure.Message.ShouldContain("Jwt__SigningKey");
    }

    [Test]
    public async Task Memory_and_processor_time_are_those_of_the_process()
    {
        await using var node = await ServerNode.StartNewAsync();

        node.ResidentBytes.ShouldBeInRange(20L << 20, 2L << 30);
        node.ProcessorTime.ShouldBeGreaterThan(TimeSpan.FromMilliseconds(50));
        Process.GetProcessById(node.Pid).HasExited.ShouldBeFalse();
    }

    [Test]
    public async Task Time_to_start()
    {
        await using var node = await ServerNode.StartNewAsync();
        var seconds = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await node.KillAsync();
            await node.StartAsync();
            seconds.Add(node.TimeToReady.TotalSeconds);
        }

        Figures.Report("server start after kill -9 until ready, median of 5", seconds.Order().ElementAt(2), "s", "");
        seconds.Max().ShouldBeLessThan(30);
    }
}
