using BmadServer.Fuzz.Tests.Generation;
using BmadServer.Fuzz.Tests.Targets;
using BmadServer.Web.Chat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>That a fault of the server's is found, and said in a way that leads back to it.</summary>
internal sealed class OracleTests
{
    private const long Seed = 5;

    [Test]
    public void The_same_seed_and_index_make_the_same_input_and_others_make_others()
    {
        static byte[] Make(long seed, long index) => new HubFrames(new Dice(seed, "hub-frames", index), Vocabulary.Invented).Next("1").Bytes;

        Make(1, 7).ShouldBe(Make(1, 7));
        Enumerable.Range(0, 200).Select(index => Escaped.Of(Make(1, index))).Distinct().Count().ShouldBeGreaterThan(150);
        Enumerable.Range(0, 200).Count(index => Make(1, index).AsSpan().SequenceEqual(Make(2, index))).ShouldBeLessThan(20);
    }

    [Test]
    public void Shares_of_the_targets_are_the_whole() => Target.All.Sum(target => target.Share).ShouldBe(100);

    [Test]
    public void An_input_is_printed_so_that_no_terminal_obeys_it() =>
        Escaped.Of("a\\b\n\u001e\u001b[31mé").ShouldBe("a\\x5cb\\x0a\\x1e\\x1b[31m\\xc3\\xa9");

    [Test]
    public async Task A_route_that_fails_is_found_and_named_with_its_input()
    {
        await using var server = await FuzzedServer.StartAsync(
            DatabaseKind.Sqlite,
            configure: builder => builder.Services.AddSingleton<IStartupFilter>(new Fault())
        );
        var target = new RestTarget();

        var failure = await Should.ThrowAsync<FuzzFailure>(() => target.RunAsync(server, BatchOf(target, 600), new Tally()));

        failure.Message.ShouldStartWith("rest, seed 5, input ");
        failure.Message.ShouldContain("PATCH /api/v1/workflows/");
        failure.Message.ShouldContain("The same again: ./test.sh fuzz --target rest --seed 5 --from 0 --inputs 600");
    }

    [Test]
    public async Task A_call_that_fails_is_found()
    {
        await using var server = await FuzzedServer.StartAsync(
            DatabaseKind.Sqlite,
            configure: builder => builder.Services.Configure<HubOptions>(options => options.AddFilter(new CallFault()))
        );
        var target = new FrameTarget();

        var failure = await Should.ThrowAsync<FuzzFailure>(() => target.RunAsync(server, BatchOf(target, 250), new Tally()));

        failure.Message.ShouldContain("MarkRead");
    }

    [Test]
    public async Task Limits_hold_back_who_sends_nonsense_and_nobody_else()
    {
        await using var server = await FuzzedServer.StartAsync(DatabaseKind.Sqlite, areLimitsOn: true);
        var (target, tally) = (new FrameTarget(), new Tally());

        // The budget refills while a slow machine does something else.
        for (var batch = 0; batch < 40 && tally.Limited == 0; batch++)
        {
            await target.RunAsync(server, BatchOf(target, 200) with { First = 200 * batch }, tally);
        }

        await server.ShouldBeSoundAsync();

        tally.Limited.ShouldBeGreaterThan(0);
    }

    private static Batch BatchOf(Target target, int count) => new(target.Name, Seed, First: 0, count, DatabaseKind.Sqlite);

    private sealed class Fault : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    (context, rest) =>
                    {
                        if (context.Request.Method != HttpMethods.Patch)
                        {
                            return rest(context);
                        }

                        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                        return Task.CompletedTask;
                    }
                );
                next(app);
            };
    }

    private sealed class CallFault : IHubFilter
    {
        public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
            invocationContext.HubMethodName == nameof(ChatHub.MarkRead) ? throw new InvalidOperationException("planted") : next(invocationContext);
    }
}
