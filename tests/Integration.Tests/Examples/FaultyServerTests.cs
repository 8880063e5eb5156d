using System.Collections.Concurrent;
using BmadServer.Application.Messages;
using BmadServer.Application.Workflows;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>The examples against a server that answers each send and each CatchUp with <c>server.error</c> at first.</summary>
public sealed class FaultyServerTests(Database database) : ServerTest(database)
{
    protected override void Configure(WebApplicationBuilder builder) =>
        builder
            .Services.AddSingleton<IPipelineBehavior<SendMessage, Ack>>(new FailingAtFirst<SendMessage, Ack>())
            .AddSingleton<IPipelineBehavior<GetEvents, EventPage>>(new FailingAtFirst<GetEvents, EventPage>());

    [Test]
    public async Task The_TypeScript_client_tries_again_and_misses_nothing()
    {
        var (sarah, marco) = (await SignedInAsync("Sarah"), await SignedInAsync("Marco"));
        var workflow = await WorkflowOfAsync(sarah);
        await AddAsync(sarah, workflow, marco);
        await using var proxy = new TcpProxy(Server.Url.Port);
        await using var sender = await TypeScriptClient.StartAsync(Server.Url, sarah);
        await using var client = await TypeScriptClient.StartAsync(proxy.Url, marco);
        await client.CallAsync("join", workflow);

        await TypeScriptClientTests.CutOffAsync(proxy, client);
        (await sender.CallAsync("send", workflow, "Missed")).GetProperty("sequence").GetInt64().ShouldBe(3);
        proxy.Retarget(Server.Url.Port);
        await client.WaitForSequenceAsync(3);

        await sender.CallAsync("send", workflow, "Live");
        await client.WaitForSequenceAsync(4);
        client.Shown.ShouldBe([3L, 4L]);
    }

    [Test]
    public async Task The_dotnet_client_tries_again_and_stays()
    {
        var user = await SignedInAsync();
        var workflow = await WorkflowOfAsync(user);
        await using var client = DotNetClientTests.Start(Server.Url, user, workflow);

        await client.WriteLineAsync("Hello");
        await client.WaitForAsync(lines => lines.Contains("#2 Sarah: Hello"));

        (await client.EndAsync()).ShouldBe(0);
        client.Lines.ShouldContain(line => line.StartsWith("acknowledged as #2, received 20"));
        client.Lines.Count(line => line.StartsWith("connected")).ShouldBe(1);
    }

    private sealed class FailingAtFirst<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : notnull
    {
        private readonly ConcurrentDictionary<TRequest, bool> _failed = [];

        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
            _failed.TryAdd(request, true) ? throw new InvalidOperationException("A fault.") : next();
    }
}
