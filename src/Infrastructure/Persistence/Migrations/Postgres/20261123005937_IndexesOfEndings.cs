using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BmadServer.Infrastructure.Persistence.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class IndexesOfEndings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_token_families_revoked_at",
                table: "token_families",
                column: "revoked_at",
                filter: "revoked_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_sessions_ended_at",
                table: "sessions",
                column: "ended_at",
                filter: "ended_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_token_families_revoked_at",
                table: "token_families");

            migrationBuilder.DropIndex(
                name: "ix_sessions_ended_at",
                table: "sessions");
        }
    }
}
