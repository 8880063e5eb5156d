using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace BmadServer.Testing;

/// <summary>
/// Redis from the binary of this machine, on 127.0.0.1 and without data on the disk. It can be killed, frozen and started again on the same
/// port, and ends with the test run.
/// </summary>
public sealed class LocalRedis : IAsyncDisposable
{
    /// <summary>What a test says that is skipped for want of it.</summary>
    public const string Missing = "There is no redis-server on the PATH (on Debian or Ubuntu: apt-get install redis-server).";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _program;
    private readonly LastLines _output = new();
    private Process? _process;

    private LocalRedis(string program) => _program = program;

    public int Port { get; } = Ports.FindFree();

    public string ConnectionString => $"127.0.0.1:{Port}";

    public static bool IsInstalled => FindProgram() is not null;

    /// <summary>With a port, and not running yet.</summary>
    /// <exception cref="InvalidOperationException">It is not installed.</exception>
    public static LocalRedis Create() => new(FindProgram() ?? throw new InvalidOperationException(Missing));

    /// <summary>Returns when it accepts connections.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo(
            _program,
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        )
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Add(line.Data);
        process.Start();
        Watchdog.KeepProcess(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        var started = Stopwatch.GetTimestamp();
        while (!await IsListeningAsync())
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException($"Redis does not start:\n{_output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>One command as its own command line takes it, which must be answered with OK.</summary>
    public async Task SendAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{command}\r\n"));
        using var reader = new StreamReader(stream);
        if (await reader.ReadLineAsync() is var answer and not "+OK")
        {
            throw new InvalidOperationException($"Redis answers {answer}");
        }
    }

    /// <summary>SIGSTOP: its connections stay open, and nothing is answered any more.</summary>
    public void Freeze() => Signal.Send(Running.Id, Signal.Stop);

    public void Thaw() => Signal.Send(Running.Id, Signal.Continue);

    /// <summary>SIGKILL. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        var process = Running;
        process.Kill();
        await process.WaitForExitAsync();
        Watchdog.DropProcess(process.Id);
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private Process Running => _process ?? throw new InvalidOperationException("Redis is not running.");

    private static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "redis-server"))
            .FirstOrDefault(File.Exists);

    private async Task<bool> IsListeningAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
