using System.Runtime.InteropServices;
using BmadServer.Web.Chat;

namespace BmadServer.Web.Hosting;

/// <summary>
/// Stops the server on SIGTERM, SIGINT and SIGQUIT, after its leave; at once when one of them comes again. The framework's own way
/// tells everything to stop first, and SignalR then drops all connections.
/// </summary>
internal sealed class DrainingLifetime(Drain drain, IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly List<PosixSignalRegistration> _signals = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, Stop));
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        if (drain.HasBegun)
        {
            application.StopApplication();
        }
        else
        {
            drain.RunAsync().ContinueWith(_ => application.StopApplication(), TaskScheduler.Default);
        }
    }
}
