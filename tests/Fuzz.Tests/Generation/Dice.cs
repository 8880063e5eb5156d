using System.Buffers.Binary;

namespace BmadServer.Fuzz.Tests.Generation;

/// <summary>
/// Chance that falls the same again for the same seed, target and index, on every machine and with every version of .NET:
/// SplitMix64.
/// </summary>
internal sealed class Dice(long seed, string target, long index)
{
    private const ulong Step = 0x9e3779b97f4a7c15;

    private ulong _state = Mix(Mix(Mix((ulong)seed) + Hash(target)) + (ulong)index);

    public ulong NextBits() => Mix(_state += Step);

    /// <param name="exclusiveEnd">Above 0.</param>
    public int Next(int exclusiveEnd) => (int)(NextBits() % (ulong)exclusiveEnd);

    public int Between(int first, int last) => first + Next(last - first + 1);

    public bool Chance(int percent) => Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    public Guid Guid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        return new Guid(bytes);
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }

    private void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!bytes.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextBits());
            var length = Math.Min(word.Length, bytes.Length);
            word[..length].CopyTo(bytes);
            bytes = bytes[length..];
        }
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    /// <summary>FNV-1a: string.GetHashCode differs from run to run.</summary>
    private static ulong Hash(string text) => text.Aggregate(0xcbf29ce484222325, (hash, letter) => (hash ^ letter) * 0x100000001b3);
}
