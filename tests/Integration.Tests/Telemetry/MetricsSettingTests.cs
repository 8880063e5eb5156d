using System.Net;
using System.Net.Sockets;
using BmadServer.Integration.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BmadServer.Integration.Tests.Telemetry;

public sealed class MetricsSettingTests
{
    [Test]
    public async Task Unless_somebody_wants_it_nothing_is_collected()
    {
        await using var server = await TestServer.StartAsync(Database.Sqlite);

        server.Services.GetService<MeterProvider>().ShouldBeNull();
        server.Services.GetService<TracerProvider>().ShouldBeNull();
    }

    [Test]
    public async Task For_Prometheus_nothing_is_traced()
    {
        var settings = new Dictionary<string, string> { ["Metrics:Port"] = $"{Testing.Ports.FindFree()}" };
        await using var server = await TestServer.StartAsync(Database.Sqlite, settings);

        server.Services.GetService<MeterProvider>().ShouldNotBeNull();
        server.Services.GetService<TracerProvider>().ShouldBeNull();
    }

    [TestCase("Metrics__Port", "0")]
    [TestCase("Metrics__Port", "65536")]
    [TestCase("Metrics__Port", "prometheus")]
    [TestCase("Metrics__Address", "everywhere")]
    public async Task A_setting_that_makes_no_sense_is_refused_in_one_line(string name, string value)
    {
        var ended = await RunAsync(new Dictionary<string, string> { ["Metrics__Port"] = "9464", [name] = value });

        ended.ShouldBeRefusal().ShouldContain(name);
    }

    [Test]
    public async Task A_port_that_is_taken_is_refused_in_one_line()
    {
        var port = Testing.Ports.FindFree();
        using var taken = new TcpListener(IPAddress.Loopback, port);
        taken.Start();

        var ended = await RunAsync(new Dictionary<string, string> { ["Metrics__Port"] = $"{port}" });

        ended.ShouldBeRefusal().ShouldContain($"{port}");
    }

    private static async Task<ServerProcess.Ended> RunAsync(Dictionary<string, string> environment)
    {
        var directory = Directory.CreateTempSubdirectory("bmadserver-metrics-");
        try
        {
            environment["Data__Directory"] = directory.FullName;
            return await ServerProcess.RunAsync(environment, "--urls=http://127.0.0.1:0");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
