using BmadServer.Application.Audit;
using BmadServer.Application.Sessions;
using BmadServer.Infrastructure.Sessions;
using BmadServer.Integration.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BmadServer.Integration.Tests.Sessions;

/// <summary>When the housekeeping does what, without a server.</summary>
public sealed class SessionSweeperTests
{
    /// <summary>Only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestClock _time = new();

    [Test]
    public async Task An_audit_log_that_cannot_be_swept_is_tried_again_after_a_minute_and_not_at_every_turn()
    {
        using var mediator = new Housekeeping { AuditLogFails = true };
        using var log = new CapturedLog();
        await using var running = await RunAsync(mediator, log);

        for (var turn = 0; turn < 11; turn++)
        {
            await NextTurnAsync(mediator);
        }

        mediator.AuditSweeps.ShouldBe(1);
        log.Complaints(10).ShouldHaveSingleItem().ShouldContain("audit log");
        log.Lines.ShouldNotContain(line => line.Contains("refresh tokens could not"));

        await NextTurnAsync(mediator);
        await NextTurnAsync(mediator);
        mediator.AuditSweeps.ShouldBe(2);
    }

    [Test]
    public async Task An_audit_log_that_was_swept_is_left_alone_for_an_hour()
    {
        using var mediator = new Housekeeping();
        using var log = new CapturedLog();
        await using var running = await RunAsync(mediator, log);
        for (var turn = 0; turn < 719; turn++)
        {
            await NextTurnAsync(mediator);
        }

        mediator.AuditSweeps.ShouldBe(1);

        await NextTurnAsync(mediator);
        await NextTurnAsync(mediator);
        mediator.AuditSweeps.ShouldBe(2);
    }

    /// <returns>Once the first turn has begun; disposing of it stops the sweeper.</returns>
    private async Task<Running> RunAsync(Housekeeping mediator, CapturedLog log)
    {
        var services = new ServiceCollection().AddSingleton<IMediator>(mediator).BuildServiceProvider();
        var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        var sweeper = new SessionSweeper(
            services.GetRequiredService<IServiceScopeFactory>(),
            new SessionOptions(),
            _time,
            logs.CreateLogger<SessionSweeper>()
        );
        await sweeper.StartAsync(CancellationToken.None);
        (await mediator.Turns.WaitAsync(Patience)).ShouldBeTrue();
        return new Running(sweeper, logs, services);
    }

    /// <summary>Five seconds later; ends when that turn has begun, and so the one before it has done all of its own.</summary>
    private async Task NextTurnAsync(Housekeeping mediator)
    {
        _time.Advance(NodeIdentity.BeatInterval);
        (await mediator.Turns.WaitAsync(Patience)).ShouldBeTrue();
    }

    private sealed class Running(SessionSweeper sweeper, ILoggerFactory logs, ServiceProvider services) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await sweeper.StopAsync(CancellationToken.None);
            sweeper.Dispose();
            logs.Dispose();
            await services.DisposeAsync();
        }
    }

    /// <summary>Counts what it is asked to do.</summary>
    private sealed class Housekeeping : IMediator, IDisposable
    {
        private int _auditSweeps;

        /// <summary>Released at the beginning of each turn.</summary>
        public SemaphoreSlim Turns { get; } = new(0);

        public bool AuditLogFails { get; init; }

        public int AuditSweeps => Volatile.Read(ref _auditSweeps);

        public Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
        {
            if (request is SweepSessions)
            {
                Turns.Release();
            }

            if (request is not SweepAuditLog)
            {
                return Task.FromResult(default(TResponse)!);
            }

            Interlocked.Increment(ref _auditSweeps);
            return AuditLogFails
                ? Task.FromException<TResponse>(new InvalidOperationException("refused"))
                : Task.FromResult(default(TResponse)!);
        }

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : INotification => Task.CompletedTask;

        public void Dispose() => Turns.Dispose();
    }
}
