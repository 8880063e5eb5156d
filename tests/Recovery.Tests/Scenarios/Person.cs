namespace BmadServer.Recovery.Tests.Scenarios;

/// <summary>Somebody with an account who is signed in.</summary>
/// <param name="SignIn">The id of the sign-in, which every access token names.</param>
/// <param name="RefreshCookie">As <c>name=value</c>.</param>
internal sealed record Person(Guid Id, string Email, string Name, Guid SignIn, string RefreshCookie);
