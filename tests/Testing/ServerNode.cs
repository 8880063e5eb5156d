using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace BmadServer.Testing;

/// <summary>
/// The real server as a process of its own on 127.0.0.1, which can be killed and started again on the same port and data. It
/// ends with the test run.
/// </summary>
/// <remarks>The test project references src/Web, so that the program lies beside the tests. Any other program beside them will do
/// that listens where <c>ASPNETCORE_URLS</c> says and answers <c>/health/ready</c>.</remarks>
public sealed class ServerNode : IAsyncDisposable
{
    /// <summary>Far longer than a start or a stop takes on a busy machine; only a test that fails waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, string> _environment;
    private readonly IReadOnlyList<string> _program;
    private readonly DirectoryInfo? _ownDirectory;
    private readonly LastLines _output = new();
    private Process? _process;

    private ServerNode(IReadOnlyDictionary<string, string>? environment, string? dataDirectory, IReadOnlyList<string>? program)
    {
        _program = program ?? ["BmadServer.Web.dll"];
        _ownDirectory = dataDirectory is null ? Directory.CreateTempSubdirectory("bmadserver-node-") : null;
        DataDirectory = dataDirectory ?? _ownDirectory!.FullName;
        Port = Ports.FindFree();
        _environment = new Dictionary<string, string>
        {
            // Writing out every line of a busy server would be measured along.
            ["Logging__LogLevel__Default"] = "Warning",
            ["ASPNETCORE_URLS"] = Url.ToString(),
            ["Data__Directory"] = DataDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            _environment[name] = value;
        }
    }

    /// <summary>Stays the same over restarts.</summary>
    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    public string DataDirectory { get; }

    public int Pid => Running.Id;

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>When the process was started, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long StartedAt { get; private set; }

    /// <summary>From the start of the process until it accepted connections.</summary>
    public TimeSpan TimeToListening { get; private set; }

    /// <summary>From the start of the process until <c>/health/ready</c> said 200.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>The memory of the process that is in RAM, in bytes. Linux only.</summary>
    public long ResidentBytes
    {
        get
        {
            const string name = "VmRSS:";
            var line = File.ReadLines($"/proc/{Pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
            return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Processor time of this process, since its last start.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            Running.Refresh();
            return Running.TotalProcessorTime;
        }
    }

    /// <summary>The newest lines of what the server wrote, over all its starts, for the message of a test that fails.</summary>
    public string Output => _output.ToString();

    private Process Running => _process ?? throw new InvalidOperationException("The server is not running.");

    /// <summary>Starts a server and returns when it is ready.</summary>
    /// <param name="environment">Environment variables as in the documentation, for example <c>ConnectionStrings__bmadserver</c>.</param>
    /// <param name="dataDirectory">Its data directory; by default one of its own, which goes with it.</param>
    /// <param name="program">The program and its arguments; by default the server.</param>
    public static async Task<ServerNode> StartNewAsync(
        IReadOnlyDictionary<string, string>? environment = null,
        string? dataDirectory = null,
        IReadOnlyList<string>? program = null,
        CancellationToken cancellationToken = default
    )
    {
        var node = new ServerNode(environment, dataDirectory, program);
        try
        {
            await node.StartAsync(cancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the same port and data, and returns when it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            throw new InvalidOperationException("The server is running already.");
        }

        Launch();
        await WaitUntilAsync(IsListeningAsync, cancellationToken);
        TimeToListening = TimeProvider.System.GetElapsedTime(StartedAt);
        using var http = new HttpClient { BaseAddress = Url };
        await WaitUntilAsync(token => IsReadyAsync(http, token), cancellationToken);
        TimeToReady = TimeProvider.System.GetElapsedTime(StartedAt);
    }

    /// <summary>SIGKILL: no farewell, nothing written any more. Returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await ExitAsync();
    }

    /// <summary>SIGTERM, as a service manager sends it. Returns when the process has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        Signal.Send(Pid, Signal.Terminate);
        return await ExitAsync();
    }

    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        _ownDirectory?.Delete(recursive: true);
    }

    private void Launch()
    {
        var program = Path.Combine(AppContext.BaseDirectory, _program[0]);
        // Not the tests' folder: the server must find its settings wherever it is started from.
        var start = new ProcessStartInfo("dotnet", [program, .. _program.Skip(1)])
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Add(line.Data);
        StartedAt = TimeProvider.System.GetTimestamp();
        process.Start();
        Watchdog.KeepProcess(process.Id);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    private async Task<int> ExitAsync()
    {
        var process = Running;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"The server did not stop within {Patience.TotalSeconds} s:\n{Output}");
        }

        Watchdog.DropProcess(process.Id);
        _process = null;
        var code = process.ExitCode;
        process.Dispose();
        return code;
    }

    private async Task WaitUntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(10);
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition(cancellationToken))
        {
            if (!IsRunning)
            {
                // Its last words may still be on their way.
                await Running.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken);
                throw new InvalidOperationException($"The server ended at once:\n{Output}");
            }

            if (TimeProvider.System.GetElapsedTime(start) > Patience)
            {
                throw new TimeoutException($"The server was not ready within {Patience.TotalSeconds} s:\n{Output}");
            }

            await Task.Delay(pause, cancellationToken);
        }
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync("/health/ready", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
