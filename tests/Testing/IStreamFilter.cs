namespace BmadServer.Testing;

/// <summary>Changes the bytes of one direction of one connection.</summary>
internal interface IStreamFilter
{
    /// <returns>What passes on now; the rest is held back or dropped.</returns>
    Memory<byte> Pass(ReadOnlySpan<byte> bytes);
}
