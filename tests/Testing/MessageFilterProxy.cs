namespace BmadServer.Testing;

/// <summary>
/// Stands between a hub client and the server and drops single messages of the server's, without breaking the connection: a
/// push that is lost, an ack that never comes.
/// </summary>
public sealed class MessageFilterProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<HubMessage, bool> _drop;
    private Exception? _failure;
    private long _dropped;

    /// <param name="targetPort">The server's port on 127.0.0.1.</param>
    /// <param name="drop">
    /// Says of each message that the server sends whether it is dropped. It is never called twice at once. Dropping the answer to the
    /// handshake (type 0) would break the connection.
    /// </param>
    public MessageFilterProxy(int targetPort, Func<HubMessage, bool> drop)
        : this(() => targetPort, drop) { }

    /// <param name="targetPort">Chooses, for each connection, a server's port on 127.0.0.1.</param>
    /// <param name="drop">As above.</param>
    public MessageFilterProxy(Func<int> targetPort, Func<HubMessage, bool> drop)
    {
        _drop = drop;
        Tcp = new TcpProxy(targetPort, "127.0.0.1", () => new Guarded(this, new HubMessageFilter(Decide)));
    }

    /// <summary>For the faults of a whole connection.</summary>
    public TcpProxy Tcp { get; }

    public int Port => Tcp.Port;

    public Uri Url => Tcp.Url;

    /// <summary>How many messages were dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <exception cref="InvalidOperationException">Something passed that it could not read, so messages may have passed unseen.</exception>
    public async ValueTask DisposeAsync()
    {
        await Tcp.DisposeAsync();
        if (_failure is not null)
        {
            throw new InvalidOperationException($"The proxy could not read what the server sent: {_failure.Message}", _failure);
        }
    }

    private bool Decide(HubMessage message)
    {
        lock (_gate)
        {
            if (!_drop(message))
            {
                return false;
            }
        }

        Interlocked.Increment(ref _dropped);
        return true;
    }

    /// <summary>Keeps a failure for the test to see, and ends the connection with it.</summary>
    private sealed class Guarded(MessageFilterProxy proxy, IStreamFilter inner) : IStreamFilter
    {
        public Memory<byte> Pass(ReadOnlySpan<byte> bytes)
        {
            try
            {
                return inner.Pass(bytes);
            }
            catch (Exception failure)
            {
                proxy._failure ??= failure;
                throw new IOException("The connection cannot be filtered.", failure);
            }
        }
    }
}
