using System.Collections.Concurrent;
using System.Net.WebSockets;
using BmadServer.Domain.Common;
using BmadServer.Web.Common;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>
/// Keeps what must not be in a server's log, whatever it is sent: errors, and exceptions at any level that are neither a refusal nor the
/// end of a connection.
/// </summary>
internal sealed class ComplaintLog(Func<string> underWay) : ILoggerProvider
{
    /// <summary>The first ones say it all, and a run must not keep a million.</summary>
    private const int Kept = 20;

    private readonly ConcurrentQueue<string> _complaints = new();

    private volatile bool _isListening;

    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>From now on: a database that is only just made lacks what the first look asks for.</summary>
    public void Listen() => _isListening = true;

    public void Add(string complaint)
    {
        if (_isListening && _complaints.Count < Kept)
        {
            _complaints.Enqueue($"{complaint}\nUnder way:\n{underWay()}");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void Dispose() { }

    private static bool IsExpected(Exception exception) =>
        exception is DomainException or OperationCanceledException or WebSocketException or IOException or ConnectionAbortedException
        || exception.GetType().Namespace?.StartsWith("Microsoft.IdentityModel", StringComparison.Ordinal) == true
        || !ErrorAnswer.To(exception).IsUnexpected;

    private sealed class Logger(string category, ComplaintLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            // Made in any case: to make it must not fail either.
            var text = formatter(state, exception);
            if (logLevel >= LogLevel.Error || (exception is not null && !IsExpected(exception)))
            {
                log.Add($"{logLevel} {category}: {text} {exception}");
            }
        }
    }
}
