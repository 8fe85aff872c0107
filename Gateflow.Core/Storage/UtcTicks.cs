using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Gateflow.Core.Storage;

/// <summary>An instant as UTC ticks: SQLite has no instant type and refuses to order or compare DateTimeOffset.</summary>
internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(v => v.UtcTicks, v => new DateTimeOffset(v, TimeSpan.Zero));

/// <summary>PostgreSQL's timestamptz takes instants of offset zero only.</summary>
internal sealed class UtcOffset() : ValueConverter<DateTimeOffset, DateTimeOffset>(v => v.ToUniversalTime(), v => v);
