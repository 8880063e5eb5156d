using System.Diagnostics;
using BmadServer.Domain.Common;
using MediatR;
using Microsoft.Extensions.Logging;

namespace BmadServer.Application.Common.Behaviours;

/// <summary>
/// Logs each request's name, outcome and duration, for those who look closely. Never its contents, which may hold message
/// texts and passwords. What a dependency's failure is behind is a warning; an unexpected exception is logged by whoever
/// answers the client, once.
/// </summary>
internal sealed partial class LoggingBehaviour<TRequest, TResponse>(ILogger<LoggingBehaviour<TRequest, TResponse>> logger)
    : IPipelineBehavior<TRequest, TResponse>
{
    private static readonly string Name = typeof(TRequest).Name;

    public async Task<TResponse> Handle(
        TRequest request,
        CancellationToken cancellationToken,
        RequestHandlerDelegate<TResponse> next
    )
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var response = await next();
            LogHandled(logger, Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return response;
        }
        catch (DomainException refusal) when (refusal.Kind == ErrorKind.Unavailable)
        {
            LogUnavailable(logger, refusal, Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
        catch (DomainException refusal)
        {
            LogRefused(logger, Name, refusal.Code, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogCancelled(logger, Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
        catch (Exception failure)
        {
            LogFailed(logger, Name, failure.GetType().Name, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} handled in {Milliseconds:0.0} ms")]
    private static partial void LogHandled(ILogger logger, string request, double milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} refused with {Code} after {Milliseconds:0.0} ms")]
    private static partial void LogRefused(ILogger logger, string request, string code, double milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} given up by its caller after {Milliseconds:0.0} ms")]
    private static partial void LogCancelled(ILogger logger, string request, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Request} could not be served after {Milliseconds:0.0} ms")]
    private static partial void LogUnavailable(ILogger logger, Exception cause, string request, double milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request} failed with {Exception} after {Milliseconds:0.0} ms")]
    private static partial void LogFailed(ILogger logger, string request, string exception, double milliseconds);
}
