using BmadServer.Application.Common;
using BmadServer.Domain.Common;

namespace BmadServer.Application.UnitTests;

internal static class Refusals
{
    /// <summary>Asserts that the call is refused with this code.</summary>
    public static async Task ShouldBeRefusedWithAsync(this Task call, string code) =>
        (await call.ShouldThrowAsync<DomainException>()).Code.ShouldBe(code);

    /// <summary>Asserts that the call is refused for its shape, in exactly these fields.</summary>
    /// <returns>The sentences by field.</returns>
    public static async Task<IReadOnlyDictionary<string, string[]>> ShouldBeInvalidInAsync(this Task call, params string[] fields)
    {
        var errors = (await call.ShouldThrowAsync<ValidationFailedException>()).Errors;
        errors.Keys.ShouldBe(fields, ignoreOrder: true);
        return errors;
    }
}
