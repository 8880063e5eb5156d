using BmadServer.Infrastructure.Persistence;

namespace BmadServer.Integration.Tests.Persistence;

public sealed class FileLockTests
{
    private DirectoryInfo _directory = null!;

    private string Lock => Path.Combine(_directory.FullName, "some.lock");

    [SetUp]
    public void CreateDirectory() => _directory = Directory.CreateTempSubdirectory("bmadserver-lock-");

    [TearDown]
    public void DeleteDirectory() => _directory.Delete(recursive: true);

    [Test]
    public void What_is_held_is_not_taken_again_until_it_is_freed()
    {
        using (FileLock.TryTake(Lock).ShouldNotBeNull())
        {
            FileLock.TryTake(Lock).ShouldBeNull();
        }

        using var again = FileLock.TryTake(Lock).ShouldNotBeNull();
    }

    [Test]
    public async Task Of_many_who_try_one_at_a_time_holds_it()
    {
        var holders = 0;
        var most = 0;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(TakeOften)));

        most.ShouldBe(1);

        void TakeOften()
        {
            for (var i = 0; i < 2000; i++)
            {
                using var held = FileLock.TryTake(Lock);
                if (held is not null)
                {
                    most = Math.Max(most, Interlocked.Increment(ref holders));
                    Interlocked.Decrement(ref holders);
                }
            }
        }
    }

    [Test]
    public void Where_there_can_be_no_file_there_is_no_lock() =>
        Should.Throw<DirectoryNotFoundException>(() => FileLock.TryTake(Path.Combine(_directory.FullName, "missing", "some.lock")));
}
