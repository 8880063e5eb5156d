using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace BmadServer.Testing;

/// <summary>PostgreSQL from the binaries of this machine, with throw-away data.</summary>
internal sealed class LocalPostgres : IAsyncDisposable
{
    private readonly Process process;
    private readonly Queue<string> lastLines = new();

    private LocalPostgres(Process process, string administrator)
    {
        this.process = process;
        Administrator = administrator;
    }

    public string Administrator { get; }

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

    public static async Task<LocalPostgres> StartAsync(string binaries, CancellationToken cancellationToken)
    {
        const int tries = 3;
        for (var attempt = 1; ; attempt++)
        {
            var server = Launch(binaries);
            try
            {
                await server.WaitUntilReadyAsync(cancellationToken);
                return server;
            }
            catch (Exception e)
            {
                await server.DisposeAsync();
                var output = server.Output();
                // The port was free a moment ago; another process may have been quicker.
                if (attempt < tries && output.Contains("Address already in use", StringComparison.Ordinal))
                {
                    continue;
                }

                if (e is OperationCanceledException)
                {
                    throw;
                }

                throw new InvalidOperationException($"PostgreSQL from {binaries} does not start: {e.Message}\n{output}", e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
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

    private static LocalPostgres Launch(string binaries)
    {
        using var stream = typeof(LocalPostgres).Assembly.GetManifestResourceStream("local-postgres.sh")!;
        using var reader = new StreamReader(stream);
        var script = reader.ReadToEnd();
        var port = FindFreePort();
        var password = RandomNumberGenerator.GetHexString(24, lowercase: true);
        // C.UTF-8 orders by code point and knows the case of every letter, but not every system has it.
        var locale = OperatingSystem.IsLinux() ? "C.UTF-8" : "C";

        string[] command =
        [
            .. AsOrdinaryUser(),
            "sh", "-c", script, "local-postgres", binaries, port.ToString(CultureInfo.InvariantCulture), locale,
            .. PostgresServer.Settings,
        ];
        // The working folder of the tests need not be readable for the user that the server runs as.
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PASSWORD"] = password;

        var administrator = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Password = password,
            Database = "postgres",
        };
        var server = new LocalPostgres(new Process { StartInfo = start }, administrator.ConnectionString);
        server.process.OutputDataReceived += (_, line) => server.Keep(line.Data);
        server.process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
        server.process.Start();
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        return server;
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

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = PostgresServer.WaitUntilReadyAsync(Administrator, TimeSpan.FromSeconds(60), stopWaiting.Token);
        var ended = process.WaitForExitAsync(stopWaiting.Token);
        var first = await Task.WhenAny(ready, ended);
        await stopWaiting.CancelAsync();
        await first;
        if (first == ended)
        {
            throw new InvalidOperationException("it ended at once");
        }
    }

    private void Keep(string? line)
    {
        const int enough = 30;
        if (line is null)
        {
            return;
        }

        lock (lastLines)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > enough)
            {
                lastLines.Dequeue();
            }
        }
    }

    private string Output()
    {
        lock (lastLines)
        {
            return string.Join('\n', lastLines);
        }
    }
}
