using System.Diagnostics;

namespace BmadServer.Integration.Tests.Examples;

/// <summary>An example client at work: a process that reads and writes lines.</summary>
internal class ClientProcess : IAsyncDisposable
{
    /// <summary>Longer than the third delay of the reconnect policy, with its jitter, on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _reading;
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClientProcess(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Commands.Start(start, program);
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>What it has written so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>What it has written to its error output by its end.</summary>
    public Task<string> ErrorsAsync() => _errors;

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until what it wrote makes this true.</summary>
    public async Task WaitForAsync(Func<IReadOnlyList<string>, bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            string[] lines;
            lock (_lines)
            {
                (changed, lines) = (_changed.Task, [.. _lines]);
            }

            if (condition(lines))
            {
                return;
            }

            try
            {
                if (await Task.WhenAny(changed, _reading).WaitAsync(patience.Token) == _reading && Lines.Count == lines.Length)
                {
                    throw new InvalidOperationException($"The client ended too early.\n{string.Join('\n', lines)}\n{await _errors}");
                }
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The client never wrote what was waited for. It wrote:\n{string.Join('\n', lines)}");
            }
        }
    }

    /// <summary>Closes its input and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        await _reading;
        _process.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            TaskCompletionSource changed;
            lock (_lines)
            {
                _lines.Add(line);
                changed = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.SetResult();
        }
    }
}
