using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace BmadServer.Testing;

/// <summary>PostgreSQL from the binaries of this machine, with throw-away data.</summary>
internal sealed class LocalPostgres : IPostgresEngine
{
    /// <summary>Far longer than any step takes on a busy machine; only what fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string binaries;
    private readonly string password = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly LastLines output = new();
    private readonly Process home;
    private string folder = "";
    private int port = Ports.FindFree();
    private Process? server;

    private LocalPostgres(string binaries, string source)
    {
        this.binaries = binaries;
        Source = source;
        using var stream = typeof(LocalPostgres).Assembly.GetManifestResourceStream("local-postgres.sh")!;
        using var reader = new StreamReader(stream);
        // C.UTF-8 orders by code point and knows the case of every letter, but not every system has it.
        var locale = OperatingSystem.IsLinux() ? "C.UTF-8" : "C";
        home = Launch("sh", ["-c", reader.ReadToEnd(), "local-postgres", binaries, locale, .. PostgresEngines.Settings]);
    }

    public string Source { get; }

    public string Administrator =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        }.ConnectionString;

    /// <summary>The folder that holds initdb and postgres; null where there is none.</summary>
    public static async Task<string?> FindBinariesAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        const string versions = "/usr/lib/postgresql";
        var installed = Directory.Exists(versions) ? Directory.GetDirectories(versions) : [];
        var newestFirst = installed
            .OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0)
            .Select(folder => Path.Combine(folder, "bin"));
        return newestFirst
            .Prepend(await AskPgConfigAsync(cancellationToken))
            .FirstOrDefault(folder => folder is not null
                && File.Exists(Path.Combine(folder, "initdb"))
                && File.Exists(Path.Combine(folder, "postgres")));
    }

    public static async Task<LocalPostgres> StartNewAsync(string binaries, string source, CancellationToken cancellationToken)
    {
        var postgres = new LocalPostgres(binaries, source);
        try
        {
            await postgres.PrepareAsync(cancellationToken);
            const int tries = 3;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await postgres.StartAsync(cancellationToken);
                    return postgres;
                }
                catch (InvalidOperationException) when (attempt < tries && postgres.IsPortTaken())
                {
                    // It was free a moment ago; another process was quicker.
                    postgres.port = Ports.FindFree();
                }
            }
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        server = Launch(
            Path.Combine(binaries, "postgres"),
            [
                "-D", folder,
                "-p", port.ToString(CultureInfo.InvariantCulture),
                "-c", "listen_addresses=127.0.0.1",
                "-c", "unix_socket_directories=",
            ]
        );
        server.BeginOutputReadLine();

        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = new PostgresAdministrator(Administrator).WaitUntilReadyAsync(Patience, stopWaiting.Token);
        var ended = server.WaitForExitAsync(stopWaiting.Token);
        var first = await Task.WhenAny(ready, ended);
        await stopWaiting.CancelAsync();
        await first;
        if (first == ended)
        {
            throw new InvalidOperationException($"PostgreSQL from {binaries} ended at once:\n{output}");
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // SIGINT: it ends its clients' connections first, with a word to each.
        Signal.Send(await ServerPidAsync(cancellationToken), Signal.Interrupt);
        await ExitAsync(cancellationToken);
    }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        var pid = await ServerPidAsync(cancellationToken);
        // Stopped, so that it starts no other child meanwhile and does not tell the rest that one was killed.
        Signal.Send(pid, Signal.Stop);
        var children = await ChildrenAsync(pid, cancellationToken);
        foreach (var child in children)
        {
            Signal.Send(child, Signal.Kill);
        }

        Signal.Send(pid, Signal.Kill);
        await ExitAsync(cancellationToken);
        // One that is not quite gone would hold the shared memory, and the next start be refused.
        foreach (var child in children)
        {
            while (!Signal.IsGone(child))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        home.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var process in new[] { home, server }.OfType<Process>())
        {
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }
    }

    private static async Task<string?> AskPgConfigAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("pg_config", "--bindir")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            var answer = await process!.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? answer.Trim() : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>What goes before a command so that it does not run as root, which PostgreSQL refuses.</summary>
    private static string[] AsOrdinaryUser()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return [];
        }

        return IsOnPath("setpriv")
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]
            : ["runuser", "-u", "postgres", "--"];
    }

    private static bool IsOnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<IReadOnlyList<int>> ChildrenAsync(int pid, CancellationToken cancellationToken)
    {
        var file = $"/proc/{pid}/task/{pid}/children";
        string list;
        if (File.Exists(file))
        {
            list = await File.ReadAllTextAsync(file, cancellationToken);
        }
        else
        {
            using var process = Process.Start(new ProcessStartInfo("pgrep", ["-P", $"{pid}"]) { RedirectStandardOutput = true })!;
            list = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        }

        return [.. list
            .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
    }

    private Process Launch(string program, string[] arguments)
    {
        string[] command = [.. AsOrdinaryUser(), program, .. arguments];
        // The working folder of the tests need not be readable for the user that the server runs as.
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PASSWORD"] = password;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => output.Add(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task PrepareAsync(CancellationToken cancellationToken) =>
        folder =
            await home.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken)
            ?? throw new InvalidOperationException($"PostgreSQL from {binaries} cannot make a data folder:\n{output}");

    private bool IsPortTaken() => output.ToString().Contains("Address already in use", StringComparison.Ordinal);

    /// <summary>Its own word for it, because the process started here may be one that changed the user first.</summary>
    private async Task<int> ServerPidAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "postmaster.pid"), cancellationToken);
        return int.Parse(lines[0], CultureInfo.InvariantCulture);
    }

    private async Task ExitAsync(CancellationToken cancellationToken)
    {
        await server!.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
        server.Dispose();
        server = null;
    }
}
