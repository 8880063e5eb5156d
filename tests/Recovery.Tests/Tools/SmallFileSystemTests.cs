using BmadServer.Testing;

namespace BmadServer.Recovery.Tests.Tools;

public sealed class SmallFileSystemTests
{
    [Test]
    public void It_takes_no_more_when_filled_and_does_again_when_cleared()
    {
        using var small = SmallFileSystem.TryMount(1 << 20, out var obstacle);
        if (small is null)
        {
            Assert.Ignore(obstacle);
        }

        var file = Path.Combine(small.Path, "a");
        small.Fill();

        small.Free.ShouldBe(0);
        Should.Throw<IOException>(() => File.WriteAllBytes(file, new byte[100]));

        small.Clear();

        File.WriteAllBytes(file, new byte[100]);
    }

    [Test]
    public void It_is_gone_afterwards()
    {
        var small = SmallFileSystem.TryMount(1 << 20, out var obstacle);
        if (small is null)
        {
            Assert.Ignore(obstacle);
        }

        small.Dispose();

        Directory.Exists(small.Path).ShouldBeFalse();
        File.ReadAllText("/proc/mounts").ShouldNotContain(small.Path);
    }
}
