using BmadServer.Application.Auth;
using BmadServer.Application.Common.Behaviours;
using BmadServer.Application.Messages;
using BmadServer.Domain.Common;
using BmadServer.Domain.Workflows;
using Microsoft.Extensions.Logging;

namespace BmadServer.Application.UnitTests.Common;

public sealed class LoggingBehaviourTests
{
    private readonly Log<LoggingBehaviour<Login, string>> _log = new();

    [Test]
    public async Task Handle_WhenAllWentWell_ShouldTellTheRequestAtDebug()
    {
        await HandleAsync(() => Task.FromResult("answer"));

        var line = _log.Lines.ShouldHaveSingleItem();
        (line.Level, line.Text.StartsWith("Login handled", StringComparison.Ordinal)).ShouldBe((LogLevel.Debug, true));
    }

    [Test]
    public async Task Handle_WhenRefused_ShouldTellTheCodeAtDebugWithoutAStack()
    {
        await FailAsync(WorkflowErrors.NotFound());

        var line = _log.Lines.ShouldHaveSingleItem();
        (line.Level, line.Exception).ShouldBe((LogLevel.Debug, null));
        line.Text.ShouldContain("workflow.not_found");
    }

    [Test]
    public async Task Handle_WhenItFails_ShouldLeaveTheExceptionToWhoeverAnswersTheClient()
    {
        await FailAsync(new InvalidOperationException("broken"));

        var line = _log.Lines.ShouldHaveSingleItem();
        line.Exception.ShouldBeNull();
        line.Text.ShouldContain(nameof(InvalidOperationException));
    }

    [Test]
    public async Task Handle_WhenWhatItNeedsIsUnavailable_ShouldWarnOfItsCause()
    {
        var refusal = new DomainException("service.unavailable", "The database does not answer.", ErrorKind.Unavailable);

        await FailAsync(refusal);

        var line = _log.Lines.ShouldHaveSingleItem();
        (line.Level, line.Exception).ShouldBe((LogLevel.Warning, refusal));
    }

    [Test]
    public async Task Handle_WhenTheCallerGaveUp_ShouldNotCallItAnError()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await FailAsync(new OperationCanceledException(caller.Token), caller.Token);

        _log.Lines.ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Debug);
    }

    [Test]
    public async Task Handle_WhenSomethingElseTimedOut_ShouldNotTakeItForTheCallersDoing()
    {
        await FailAsync(new OperationCanceledException());

        _log.Lines.ShouldHaveSingleItem().Text.ShouldContain("failed");
    }

    [Test]
    public async Task Handle_WhateverHappens_ShouldPassTheFailureOn()
    {
        var failure = new InvalidOperationException("broken");

        var handle = () => HandleAsync(() => throw failure);

        (await handle.ShouldThrowAsync<InvalidOperationException>()).ShouldBeSameAs(failure);
    }

    [Test]
    public async Task Handle_WhateverHappens_ShouldNeverTellWhatTheRequestOrTheAnswerHolds()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await HandleAsync(() => Task.FromResult("secret-token"));
        await FailAsync(WorkflowErrors.NotFound());
        await FailAsync(new InvalidOperationException("broken"));
        await FailAsync(new OperationCanceledException(), caller.Token);

        _log.Lines.Count.ShouldBe(4);
        foreach (var line in _log.Lines)
        {
            line.Everything.ShouldNotContain("mia@example.com");
            line.Everything.ShouldNotContain("secret");
        }
    }

    [Test]
    public async Task Handle_WhenAMessageIsSent_ShouldNotTellItsText()
    {
        var log = new Log<LoggingBehaviour<SendMessage, string>>();

        await new LoggingBehaviour<SendMessage, string>(log).Handle(
            new SendMessage("secret plan", ClientMessageId: "secret key"),
            CancellationToken.None,
            () => Task.FromResult("")
        );

        log.Lines.ShouldHaveSingleItem().Everything.ShouldNotContain("secret");
    }

    private Task<string> HandleAsync(Func<Task<string>> next, CancellationToken cancellationToken = default) =>
        new LoggingBehaviour<Login, string>(_log).Handle(
            new Login("mia@example.com", "secret-password"),
            cancellationToken,
            () => next()
        );

    private Task<Exception> FailAsync(Exception failure, CancellationToken cancellationToken = default) =>
        HandleAsync(() => Task.FromException<string>(failure), cancellationToken).ShouldThrowAsync<Exception>();

    private sealed class Log<T> : ILogger<T>
    {
        public List<Line> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            Lines.Add(new Line(logLevel, formatter(state, exception), exception, string.Join(' ', values.Select(value => value.Value))));
        }
    }

    private sealed record Line(LogLevel Level, string Text, Exception? Exception, string Values)
    {
        /// <summary>The sentence and the structured values behind it.</summary>
        public string Everything => $"{Text} {Values}";
    }
}
