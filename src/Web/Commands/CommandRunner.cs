using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Web.Hosting;
using MediatR;

namespace BmadServer.Web.Commands;

/// <summary>Gives a command the server's services, without starting the server, and says how it ended.</summary>
/// <param name="settings">Configuration as <c>--Section:Key=value</c>.</param>
internal sealed class CommandRunner(string[] settings)
{
    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        // For a terminal and not for a page; control characters are escaped all the same.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public Option<bool> Json { get; } =
        new("--json") { Description = "Write one JSON object to standard output instead of text.", Recursive = true };

    public string[] Settings => settings;

    /// <summary>A command that is one request, on a database that has this version's schema.</summary>
    /// <param name="read">The request, from the arguments.</param>
    /// <param name="tell">Writes the outcome for a person.</param>
    public void SetRequest<T>(Command command, Func<ParseResult, IRequest<T>> read, Action<T, TextWriter> tell) =>
        SetRequest(command, (parsed, _) => Task.FromResult(read(parsed)), tell);

    /// <inheritdoc cref="SetRequest{T}(Command, Func{ParseResult, IRequest{T}}, Action{T, TextWriter})"/>
    public void SetRequest<T>(
        Command command,
        Func<ParseResult, CancellationToken, Task<IRequest<T>>> read,
        Action<T, TextWriter> tell
    ) =>
        Set(
            command,
            async (parsed, services, cancellationToken) =>
            {
                await services.GetRequiredService<DatabaseInspection>().SchemaAsync(cancellationToken);
                var request = await read(parsed, cancellationToken);
                return await services.GetRequiredService<IMediator>().Send(request, cancellationToken);
            },
            tell
        );

    /// <param name="run">Does it, with services of a scope of its own.</param>
    /// <param name="tell">Writes the outcome for a person.</param>
    /// <param name="isDone">Whether an outcome counts as done; null when each does.</param>
    public void Set<T>(
        Command command,
        Func<ParseResult, IServiceProvider, CancellationToken, Task<T>> run,
        Action<T, TextWriter> tell,
        Func<T, bool>? isDone = null
    ) =>
        Set(
            command,
            async (parsed, cancellationToken) =>
            {
                await using var app = Build();
                await using var scope = app.Services.CreateAsyncScope();
                return await run(parsed, scope.ServiceProvider, cancellationToken);
            },
            tell,
            isDone
        );

    /// <summary>The same for a command that takes its services itself, from <see cref="Build"/>.</summary>
    public void Set<T>(
        Command command,
        Func<ParseResult, CancellationToken, Task<T>> run,
        Action<T, TextWriter> tell,
        Func<T, bool>? isDone = null
    ) =>
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var isJson = parsed.GetValue(Json);
                try
                {
                    var outcome = await run(parsed, cancellationToken);
                    if (isJson)
                    {
                        WriteJson(outcome);
                    }
                    else
                    {
                        tell(outcome, Console.Out);
                    }

                    return isDone?.Invoke(outcome) == false ? ExitCodes.Failed : ExitCodes.Done;
                }
                catch (StartupException refusal)
                {
                    return Fail(isJson, "startup.refused", refusal.Message, $"bmadServer cannot start: {refusal.Message}");
                }
                catch (DomainException refusal)
                {
                    return Fail(isJson, refusal.Code, refusal.Message);
                }
                catch (DatabaseInspectionException failure)
                {
                    return Fail(isJson, "database.not_ready", $"The database cannot be used: {failure.Message}");
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return Fail(isJson, "command.interrupted", "Interrupted.");
                }
                catch (Exception failure)
                {
                    await Console.Error.WriteLineAsync($"{failure}");
                    return Fail(isJson, "command.failed", "It failed for a reason that nobody foresaw, which standard error shows.");
                }
            }
        );

    /// <summary>The server's host, which is not to be started. It logs to standard error, and leaves failures to the command to report.</summary>
    /// <exception cref="StartupException">The configuration must not be used as it is.</exception>
    public WebApplication Build() =>
        ServerHost.Build(
            settings,
            builder =>
                builder
                    .Logging.ClearProviders()
                    .AddSimpleConsole(console => console.SingleLine = true)
                    .AddFilter("Microsoft", LogLevel.None)
                    .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None)
                    .AddFilter("Microsoft.AspNetCore", LogLevel.None)
                    .AddFilter("BmadServer.Application.Common.Behaviours", LogLevel.None)
                    .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
                        console.LogToStandardErrorThreshold = LogLevel.Trace
                    )
        );

    /// <param name="line">For a person; null for the code and the message.</param>
    private static int Fail(bool isJson, string code, string message, string? line = null)
    {
        Console.Error.WriteLine(line ?? $"{code}: {message}");
        if (isJson)
        {
            WriteJson(new { Error = new { Code = code, Message = message } });
        }

        return ExitCodes.Failed;
    }

    private static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
}
