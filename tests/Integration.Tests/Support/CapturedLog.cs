using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BmadServer.Integration.Tests.Support;

/// <summary>Keeps every log line of a server, with the values and exceptions that came with it.</summary>
public sealed class CapturedLog : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>The newest warnings and errors, oldest first.</summary>
    public IEnumerable<string> Complaints(int count) =>
        _lines
            .Where(line => Enum.TryParse<LogLevel>(line.AsSpan(0, line.IndexOf(' ')), out var level) && level >= LogLevel.Warning)
            .TakeLast(count);

    /// <summary>
    /// Called with every line, by the thread that logs it, before that goes on: a test can so do something at a certain
    /// moment in the server.
    /// </summary>
    public Action<string>? Written { get; set; }

    public ILogger CreateLogger(string categoryName) => new Logger(categoryName, this);

    public void Dispose() { }

    private sealed class Logger(string category, CapturedLog log) : ILogger
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
            var values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(" ", pairs) : "";
            var line = $"{logLevel} {category}: {formatter(state, exception)} {values} {exception}";
            log._lines.Enqueue(line);
            log.Written?.Invoke(line);
        }
    }
}
