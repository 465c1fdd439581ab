export { buildApp } from 'fauxqs';
