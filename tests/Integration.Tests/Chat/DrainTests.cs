using System.Diagnostics.Metrics;
using System.Net;
using BmadServer.Integration.Tests.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>How a server that is told to stop takes its leave.</summary>
public sealed class DrainTests
{
    /// <summary>From the end of readiness to the first connection that is closed.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(3);

    private TestClock _time = null!;
    private TestServer _server = null!;
    private TestUser _user = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _time = new TestClock();
        _server = await TestServer.StartAsync(
            Database.Sqlite,
            new Dictionary<string, string> { ["Shutdown:NoticeSeconds"] = $"{Notice.TotalSeconds}" },
            time: _time
        );
        _user = await TestUser.SignUpAsync(_server.Url, "Sarah");
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _user.DisposeAsync();
        await UntilAsync(_server.DisposeAsync().AsTask());
    }

    [Test]
    public async Task A_server_that_is_about_to_stop_is_not_ready_takes_no_connections_and_serves_those_that_it_has()
    {
        await using var client = await HubClient.ConnectAsync(_server.Url, _user.AccessToken);

        var stopping = _server.StopAsync();

        var report = await _user.Http.GetAsync("/health/ready").ShouldBeAsync(HttpStatusCode.ServiceUnavailable);
        report.GetProperty("checks").GetProperty("server").Text("status").ShouldBe("unhealthy");
        await _user.Http.GetAsync("/health/live").ShouldBeAsync(HttpStatusCode.OK);
        (await Should.ThrowAsync<HttpRequestException>(HubClient.ConnectAsync(_server.Url, _user.AccessToken))).StatusCode.ShouldBe(
            HttpStatusCode.ServiceUnavailable
        );
        (await client.InvokeAsync("RefreshToken", _user.AccessToken)).GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(default);
        await UntilAsync(stopping);
        await client.Closed;
    }

    [Test]
    public async Task Its_clients_are_asked_to_come_back()
    {
        var lost = new TaskCompletionSource();
        await using var connection = new HubConnectionBuilder()
            .WithUrl(
                new Uri(_server.Url, "/hubs/chat"),
                options =>
                {
                    options.AccessTokenProvider = () => Task.FromResult<string?>(_user.AccessToken);
                    options.Transports = HttpTransportType.WebSockets;
                    options.SkipNegotiation = true;
                }
            )
            .WithAutomaticReconnect()
            .Build();
        // It is not raised where the server closes for good.
        connection.Reconnecting += _ =>
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        await connection.StartAsync();

        await UntilAsync(_server.StopAsync());

        await lost.Task.WaitAsync(Eventually.Patience);
    }

    [Test]
    public async Task A_call_that_is_under_way_gets_its_answer()
    {
        await using var client = await HubClient.ConnectAsync(_server.Url, _user.AccessToken);
        using var answering = new ManualResetEventSlim();
        using var isHeld = new CancellationTokenSource();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "bmadserver.hub.call.duration" && instrument.Meter.Scope == _server.Services.GetRequiredService<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        // It is recorded once the call is made, before the answer is written.
        listener.SetMeasurementEventCallback<double>(
            (_, _, _, _) =>
            {
                answering.Set();
                isHeld.Token.WaitHandle.WaitOne(Eventually.Patience);
            }
        );
        listener.Start();

        var call = client.InvokeAsync("RefreshToken", _user.AccessToken);
        answering.Wait(Eventually.Patience).ShouldBeTrue();
        var stopping = UntilAsync(_server.StopAsync());
        // The notice is over by then, and connections are closed.
        isHeld.CancelAfter(TimeSpan.FromSeconds(1));

        (await call).GetProperty("expiresAt").GetDateTimeOffset().ShouldBeGreaterThan(default);
        await stopping;
    }

    [Test]
    public async Task A_connection_that_was_opening_is_asked_to_come_back_too()
    {
        // Without notice, it comes when the others are being closed already.
        await using var server = await TestServer.StartAsync(Database.Sqlite, time: _time);
        await using var user = await TestUser.SignUpAsync(server.Url, "Sarah");
        await using var client = await RawHubClient.OpenAsync(server.Url, user.AccessToken);

        var stopping = server.StopAsync();
        await Eventually.ShouldBeTrueAsync(
            async () => (await user.Http.GetAsync("/health/ready")).StatusCode == HttpStatusCode.ServiceUnavailable,
            "the leave has begun"
        );
        await client.GreetAsync();

        (await client.ReadFrameAsync()).ShouldContain("SessionStarted");
        var end = client.ReadFrameAsync();
        await UntilAsync(end);
        (await end).ShouldBe("""{"type":7,"allowReconnect":true}""");
        await UntilAsync(stopping);
    }

    /// <summary>Moves the server's clock on, five times as fast as the real one.</summary>
    private Task UntilAsync(Task awaited) =>
        _time.AdvanceUntilAsync(awaited, step: TimeSpan.FromMilliseconds(100), every: TimeSpan.FromMilliseconds(20));
}
