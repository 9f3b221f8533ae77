/** Styles of all pages; areas import what only they need (dates, charts). */
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/console.css";
